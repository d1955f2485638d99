import { describe, expect, it } from "vitest";
import type { LedgerFacts } from "#lib/core/ledger/attribute.ts";
import { LedgerBook, RESTLESS_MS, SETTLED_MS } from "#lib/core/ledger/book.ts";

const FACTS: LedgerFacts = {
  admin: "ready",
  by: "",
  health: "healthy",
  healthReason: "ok",
  ejection: "in",
  ejectionCause: "time-over",
  breaker: "closed",
  breakerCause: "",
  cooling: "not-cooling",
  coolingCause: "",
  warmUp: 1,
  warmUpCause: "",
  adjustment: 1,
  settings: "1",
  reason: "usable",
};
const at = (nodeId: string, share: number, facts: Partial<LedgerFacts> = {}) => ({
  nodeId,
  share,
  facts: { ...FACTS, ...facts },
});
const even = [at("a", 0.5), at("b", 0.5)];

/** A second of a pool at rest, then `now` for two seconds. @returns what is written */
function shifted(now: ReturnType<typeof at>[], { canary = "" } = {}) {
  const book = new LedgerBook();
  expect(book.take("p", even, "", 0)).toEqual([]);
  expect(book.take("p", now, canary, 1_000)).toEqual([]);
  return book
    .take("p", now, canary, 2_000)
    .map(({ nodeId, cause, detail, byNodeId }) => [nodeId, cause, detail, byNodeId]);
}

describe("a shift of shares", () => {
  it.each([
    ["person", { admin: "drain", by: "ann" }, "drain by ann"],
    ["publish", { settings: "2" }, ""],
    ["probe", { health: "unhealthy", healthReason: "connect-refused" }, "connect-refused"],
    ["breaker", { breaker: "open", breakerCause: "status-503" }, "status-503"],
    ["ejection", { ejection: "ejected", ejectionCause: "connection-reset" }, "connection-reset"],
    ["cooling", { cooling: "cooling", coolingCause: "status-429" }, "status-429"],
    ["quota", { reason: "quota-spent" as const }, "quota-spent"],
    ["limit", { reason: "rate-limited" as const }, "rate-limited"],
    ["ramp", { warmUp: 0.1, warmUpCause: "recovery" }, "recovery"],
    ["weights", { adjustment: 0.5 }, "at-50-percent"],
  ] as const)("is a node's own by %s, and the others' by the same, of that node", (cause, facts, detail) => {
    expect(shifted([at("a", 0.1, facts), at("b", 0.9)])).toEqual([
      ["a", cause, detail, null],
      ["b", cause, detail, "a"],
    ]);
  });

  it("goes by the operator's will before anything that follows from it", () => {
    expect(shifted([at("a", 0, { admin: "maintenance", health: "unknown" }), at("b", 1)])[0]?.[1]).toBe("person");
  });

  it("is a publish's when a node joined or is gone", () => {
    expect(shifted([at("a", 0.5), at("c", 0.5)])).toEqual([
      ["b", "publish", "removed", null],
      ["c", "publish", "added", null],
    ]);
  });

  it("is a spill's where only the reason changed, a canary's where one began, else unknown", () => {
    const spilt = (reason: "usable" | "usable-by-spill") => [at("a", 0.7, { reason }), at("b", 0.3)];
    expect(shifted(spilt("usable-by-spill"))[0]).toEqual(["a", "spill", "usable-by-spill", null]);
    expect(shifted(spilt("usable"), { canary: "c" })[0]?.[1]).toBe("canary");
    expect(shifted(spilt("usable"))[0]?.[1]).toBe("unknown");
  });
});

describe("the book", () => {
  const lost = [at("a", 0, { health: "unhealthy" }), at("b", 1)];

  it("takes what is under way for one shift, and writes it once at rest", () => {
    const book = new LedgerBook();
    book.take("p", even, "", 0);
    expect(book.take("p", [at("a", 0.25, { health: "unhealthy" }), at("b", 0.75)], "", 1_000)).toEqual([]);
    expect(book.take("p", lost, "", 2_000)).toEqual([]);
    expect(book.take("p", lost, "", 3_000).map(({ shareBefore, shareAfter }) => [shareBefore, shareAfter])).toEqual([
      [0.5, 0],
      [0.5, 1],
    ]);
    expect(book.take("p", lost, "", 4_000)).toEqual([]);
  });

  it("writes shares that never come to rest after five seconds, and not a millisecond sooner", () => {
    const moving = (n: number) => [at("a", 0.3 + n / 100, { settings: "2" }), at("b", 0.7 - n / 100)];
    const written = (lastMs: number) => {
      const book = new LedgerBook();
      book.take("p", even, "", 0);
      book.take("p", moving(0), "", 1_000);
      return book.take("p", moving(1), "", 1_000 + lastMs).length;
    };
    expect([written(RESTLESS_MS - 1), written(RESTLESS_MS)]).toEqual([0, 2]);
  });

  it("knows the cause when the shares follow their facts by a second or two", () => {
    const book = new LedgerBook();
    book.take("p", even, "", 0);
    const ahead = [at("a", 0.5, { breaker: "open", breakerCause: "status-500" }), at("b", 0.5)];
    for (let ms = 1_000; ms <= SETTLED_MS; ms += 1_000) book.take("p", ahead, "", ms);
    const now = [at("a", 0, { breaker: "open", breakerCause: "status-500" }), at("b", 1)];
    book.take("p", now, "", SETTLED_MS + 1_000);
    expect(book.take("p", now, "", SETTLED_MS + 2_000)[0]).toMatchObject({ cause: "breaker" });
  });

  it("adds the steps of a ramp up to five points, and writes its end", () => {
    const book = new LedgerBook();
    const ramp = (share: number, warmUp: number) => [
      at("a", share, { warmUp, warmUpCause: "recovery" }),
      at("b", 1 - share),
    ];
    const twice = (nodes: ReturnType<typeof ramp>, ms: number) => [
      ...book.take("p", nodes, "", ms),
      ...book.take("p", nodes, "", ms + 500),
    ];
    book.take("p", ramp(0.1, 0.1), "", 0);
    expect(twice(ramp(0.149, 0.15), 10_000)).toEqual([]);
    expect(twice(ramp(0.15, 0.16), 20_000).map(({ shareBefore, shareAfter }) => [shareBefore, shareAfter])[0]).toEqual([
      0.1, 0.15,
    ]);
    expect(twice(ramp(0.17, 1), 30_000)).toHaveLength(2);
  });
});
