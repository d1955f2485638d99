// Which warnings a publisher must confirm, and how they are named.
import { describe, expect, it } from "vitest";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { ConfirmQuery, WARNING_CODES, type WarningCode } from "#lib/contracts/publishing.ts";
import { isAsked } from "#lib/core/config/warnings/asked.ts";
import { identified, inForce } from "#lib/core/config/warnings/identify.ts";
import { warningsOf } from "#lib/core/config/warnings.ts";
import english from "#lib/i18n/messages/en/review.json" with { type: "json" };
import chinese from "#lib/i18n/messages/zh-CN/review.json" with { type: "json" };
import { id, NEW, node, PAYMENTS, pool, SG_1, sample } from "./sample.ts";

type Pool = ConfigDocument["pools"][number];
/** A pool that takes everything, with `nodes`. */
const wholePool = (name: string, nodes: readonly object[]): Pool => ({
  ...pool({ name, isDefault: true }),
  id: NEW,
  nodes: nodes.map((each, at) => ({ ...node(each), id: id(200 + at) })),
});
const EMPTY: ConfigDocument = { ...sample(), pools: [], routes: [] };
const warning = (code: WarningCode) => identified(sample(), { path: ["pools", 0, "nodes"], code, message: "" });
const asked = (code: WarningCode, standing: WarningCode[] = [], before = sample(), after = sample()) =>
  isAsked(warning(code), { document: before, warnings: standing.map(warning) }, after);

describe("a warning that an edit brings must be confirmed", () => {
  it("whatever it is, but that no route leads to a pool", () => {
    for (const code of WARNING_CODES)
      if (code !== "breaker-below-volume") expect([code, asked(code)]).toEqual([code, code !== "unreachable"]);
  });
  it("not where the pool was worse off before", () => {
    for (const code of ["no-nodes", "all-weights-zero", "all-out-of-service", "no-healthy-node"] as const) {
      for (const better of ["no-spare-node", "no-second-chance", "too-few-slots", "too-low-rates"] as const)
        expect(asked(better, [code])).toBe(false);
      expect(asked("always-panic", [code])).toBe(true);
    }
    expect(asked("too-few-slots", ["no-spare-node"])).toBe(false);
    expect(asked("no-spare-node", ["too-few-slots"])).toBe(true);
    expect(asked("no-second-chance", ["no-spare-node"])).toBe(true);
  });
  it("of a new pool without nodes only where requests are sent to it", () => {
    expect(asked("no-nodes", [], EMPTY)).toBe(true);
    expect(asked("no-nodes", [], EMPTY, { ...sample(), routes: [] })).toBe(false);
    expect(asked("all-weights-zero", [], EMPTY, { ...sample(), routes: [] })).toBe(true);
  });
  it("of a breaker that waits for more than there is only when the breaker was edited", () => {
    expect(asked("breaker-below-volume")).toBe(false);
    const edited = sample();
    const [payments, ...others] = edited.pools;
    if (!payments) throw new Error("The sample has pools");
    const breaker = { ...payments.breaker, minimumRequests: payments.breaker.minimumRequests + 1 };
    edited.pools = [{ ...payments, breaker }, ...others];
    expect(asked("breaker-below-volume", [], sample(), edited)).toBe(true);
  });
});

describe("the id of a warning", () => {
  const nodes = { path: ["pools", 0, "nodes"], code: "no-nodes", message: "" };
  const url = { path: ["pools", 0, "nodes", 0, "url"], code: "same-url", message: "" };
  const idOf = (fault: typeof nodes, before: ConfigDocument) => identified(sample(), fault, inForce(before)).id;
  it("names what is not there yet by its name: its id may be another one when it is asked for again", () => {
    expect([idOf(nodes, sample()), idOf(url, sample())]).toEqual([
      `no-nodes:${PAYMENTS}:nodes`,
      `same-url:${SG_1}:url`,
    ]);
    expect(idOf(nodes, EMPTY)).toBe("no-nodes:name=payments:nodes");
    expect(idOf(url, EMPTY)).toBe("same-url:name=payments/sg-1:url");
    const without = { ...sample(), pools: sample().pools.map((each) => ({ ...each, nodes: [] })) };
    expect(idOf(url, without)).toBe(`same-url:${PAYMENTS}/sg-1:url`);
  });
  it("is taken by the query, in any language and however long the names are", () => {
    const name = "支".repeat(63);
    const document = { ...EMPTY, pools: [wholePool(name, [{ name, url: "http://a.test" }])] };
    const told = identified(document, url, inForce(EMPTY)).id;
    expect(told).toContain(`${name}/${name}`);
    expect(ConfirmQuery.parse([told, "no-nodes:x, unreachable"])).toEqual([told, "no-nodes:x", "unreachable"]);
  });
});

it("one URL with keys of their own is meant; with the same or none it is a copy", () => {
  const key = [{ in: "header", name: "authorization", value: { secret: SG_1 } }];
  const codes = (credentials: readonly unknown[]) => {
    const nodes = credentials.map((each, at) => ({ name: `n${at}`, url: "http://a.test", credentials: each }));
    return warningsOf({ ...EMPTY, pools: [wholePool("keys", nodes)] }).map(({ code }) => code);
  };
  expect(codes([key, key])).toEqual([]);
  expect(codes([key, []])).toEqual(["same-url"]);
  expect(codes([[], []])).toEqual(["same-url"]);
});

it("every warning has words in both languages", () => {
  for (const words of [english, chinese])
    expect(Object.keys(words.warning.code).toSorted()).toEqual([...WARNING_CODES].toSorted());
});
