import { describe, expect, it } from "vitest";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { NodeFacts } from "#lib/contracts/runtime.ts";
import { identified } from "#lib/core/config/warnings/identify.ts";
import { type PoolLoad, runtimeWarnings } from "#lib/core/config/warnings/runtime.ts";
import { contradictions } from "#lib/core/config/warnings/settings.ts";
import { node, PAYMENTS, pool, SG_1, SG_2, sample } from "./sample.ts";

const FACTS = {
  admin: { state: "ready" },
  health: { state: "healthy" },
  ejection: { state: "none" },
  breaker: { state: "closed" },
} as unknown as NodeFacts;

function codes(document: ConfigDocument, over: Record<string, object> = {}, load?: Partial<PoolLoad>): string[] {
  const loads = new Map(load ? [[PAYMENTS, { inFlight: 0, requestsPerSecond: 0, ...load }]] : []);
  const factsOf = ({ id }: { id: string }) => ({ ...FACTS, ...over[id] }) as NodeFacts;
  return runtimeWarnings(document, { factsOf, loads, workers: 1 }).map(({ code }) => code);
}
function limited(limits: object): ConfigDocument {
  const document = sample();
  const [payments, ...others] = document.pools;
  const nodes = (payments?.nodes ?? []).map((each) => ({
    ...each,
    ...node({ name: each.name, url: each.url, ...limits }),
  }));
  return { ...document, pools: [{ ...payments, nodes } as never, ...others] };
}
const down = { health: { state: "unhealthy" } };

describe("warnings of the state of nodes", () => {
  it("tell a pool without a healthy node, and one whose nodes are all taken out", () => {
    expect(codes(sample())).toEqual([]);
    expect(codes(sample(), { [SG_1]: down })).toEqual([]);
    expect(codes(sample(), { [SG_1]: down, [SG_2]: { breaker: { state: "open" } } })).toEqual(["no-healthy-node"]);
    const out = { admin: { state: "drain" } };
    expect(codes(sample(), { [SG_1]: out, [SG_2]: { admin: { state: "maintenance" } } })).toEqual([
      "all-out-of-service",
    ]);
    expect(codes(sample(), { [SG_1]: out, [SG_2]: down })).toEqual(["no-healthy-node"]);
  });

  it("tell when what is left without the largest node is less than what is asked, and not one request before", () => {
    const slots = limited({ maxInFlight: 10 });
    expect(codes(slots, {}, { inFlight: 10 })).toEqual([]);
    expect(codes(slots, {}, { inFlight: 11 })).toEqual(["too-few-slots"]);
    const rates = limited({ rateLimit: { requests: 50 } });
    expect(codes(rates, {}, { requestsPerSecond: 50 })).toEqual([]);
    expect(codes(rates, {}, { requestsPerSecond: 51 })).toEqual(["too-low-rates"]);
    expect(codes(sample(), {}, { inFlight: 1_000_000, requestsPerSecond: 1_000 })).toEqual([]);
    expect(codes(sample(), { [SG_1]: down }, { requestsPerSecond: 1_000 })).toEqual(["no-spare-node"]);
  });

  it("tell a breaker that waits for more requests than any node gets", () => {
    // The larger of two nodes has 5/8 of them; its breaker waits for 20 in ten seconds.
    expect(codes(sample(), {}, { requestsPerSecond: 3.2 })).toEqual([]);
    expect(codes(sample(), {}, { requestsPerSecond: 3.1 })).toEqual(["breaker-below-volume"]);
  });
});

describe("warnings of settings", () => {
  const told = (settings: object, nodes: object[] = [{}, {}]) =>
    contradictions({
      id: PAYMENTS,
      ...pool(settings),
      nodes: nodes.map((each, at) => ({ id: at === 0 ? SG_1 : SG_2, ...node(each) })),
    }).map(({ code, path }) => `${code} ${path.join(".")}`);

  it.each([
    ["nothing", {}, []],
    [
      "a connect that outlasts the request",
      { timeouts: { requestMs: 1_000, queueMs: 0 } },
      ["timeouts-contradict timeouts.connectMs"],
    ],
    ["time-outs that just fit", { timeouts: { requestMs: 5_000 } }, []],
    [
      "a hedge after the time-out",
      { hedge: { minDelayMs: 500 }, timeouts: { firstByteMs: 500 } },
      ["hedge-never hedge.minDelayMs"],
    ],
    ["a panic without end", { panicThreshold: 1 }, ["always-panic panicThreshold"]],
    [
      "checks alone, and slow ones",
      { healthCheck: { intervalMs: 20_001 }, ejection: { enabled: false }, breaker: { enabled: false } },
      ["slow-detection healthCheck.intervalMs"],
    ],
    [
      "retries without a budget",
      { retry: { budgetRatio: 0, minRetries: 0 } },
      ["retries-without-budget retry.budgetRatio"],
    ],
  ])("tell %s", (_, settings, expected) => {
    expect(told(settings)).toEqual(expected);
  });

  it("tell one node without retries, and a rate below what breakers wait for", () => {
    expect(told({ retry: { maxRetries: 0 } }, [{}])).toEqual(["no-second-chance retry.maxRetries"]);
    const slow = { rateLimit: { requests: 9, windowMs: 10_000 } };
    expect(told({}, [slow, slow])).toEqual(["breaker-never-opens breaker.minimumRequests"]);
    expect(told({}, [slow, {}])).toEqual([]);
  });
});

describe("the id of a warning", () => {
  it("stays when its place in the document moves, and tells pools and nodes apart", () => {
    const document = sample();
    const moved = { ...document, pools: document.pools.toReversed() };
    const warning = (at: number) => ({ path: ["pools", at, "nodes", 0, "url"], code: "same-url", message: "" });
    expect(identified(document, warning(0))).toMatchObject({ id: `same-url:${SG_1}:url`, name: "payments / sg-1" });
    expect(identified(moved, warning(1)).id).toBe(`same-url:${SG_1}:url`);
    expect(identified(document, { path: ["pools", 0, "nodes"], code: "no-nodes", message: "" }).id).toBe(
      `no-nodes:${PAYMENTS}:nodes`,
    );
  });
});
