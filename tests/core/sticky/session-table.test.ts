import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Binding, SessionTable } from "#lib/core/sticky/session-table.ts";

const at = (boundMs: number, nodeId = "a", usedMs = boundMs): Binding => ({ nodeId, boundMs, usedMs });
const TTL_MS = 1_000;

describe("a session", () => {
  test("is bound until it was idle for its time to live, and not a millisecond longer", () => {
    const table = new SessionTable(10, TTL_MS);
    table.merge("s", at(0), 0);
    expect(table.get("s", TTL_MS - 1)?.nodeId).toBe("a");
    expect(table.get("s", TTL_MS)).toBeUndefined();
    expect(table.size).toBe(0);
  });

  test("lives on from each use, wherever that was", () => {
    const table = new SessionTable(10, TTL_MS);
    table.merge("s", at(0), 0);
    table.use("s", 600);
    expect(table.get("s", 1_599)?.nodeId).toBe("a");
    expect(table.merge("s", at(0, "a", 900), 900)).toBe("used");
    expect(table.get("s", 1_899)?.nodeId).toBe("a");
    expect(table.get("s", 1_900)).toBeUndefined();
  });

  test("moves to the node that it was bound to last, whatever is told after that", () => {
    const table = new SessionTable(10, TTL_MS);
    expect(table.merge("s", at(5, "a"), 10)).toBe("bound");
    expect(table.merge("s", at(7, "b"), 10)).toBe("bound");
    expect(table.merge("s", at(6, "c", 9), 10)).toBe("used");
    expect(table.merge("s", at(6, "c", 9), 10)).toBe("known");
    expect(table.get("s", 10)).toEqual({ nodeId: "b", boundMs: 7, usedMs: 9 });
  });

  test("counts at its node only: not any more where it moved, was idle, or had to make room", () => {
    const table = new SessionTable(2, TTL_MS);
    table.merge("s", at(0, "a"), 0);
    table.merge("t", at(0, "a"), 0);
    expect([table.countOf("a"), table.countOf("b")]).toEqual([2, 0]);
    table.merge("t", at(5, "b"), 5);
    table.use("t", 6);
    expect([table.countOf("a"), table.countOf("b")]).toEqual([1, 1]);
    table.merge("u", at(7, "b"), 7);
    expect([table.countOf("a"), table.countOf("b")]).toEqual([0, 2]);
    table.get("t", 2 * TTL_MS);
    expect(table.countOf("b")).toBe(1);
  });

  test("that is told too late is not taken in", () => {
    const table = new SessionTable(10, TTL_MS);
    expect(table.merge("s", at(0), TTL_MS)).toBe("known");
    expect(table.size).toBe(0);
  });

  test("that was bound before the clock was put back can be moved soon", () => {
    const table = new SessionTable(10, 1e9);
    table.merge("s", at(1e12, "a"), 0);
    expect(table.merge("s", at(60_001, "b"), 60_001)).toBe("bound");
  });
});

describe("too many sessions", () => {
  test("lose those that were used longest ago", () => {
    const table = new SessionTable(2, TTL_MS);
    table.merge("one", at(0), 0);
    table.merge("two", at(1), 1);
    table.use("one", 2);
    table.merge("three", at(3), 3);
    expect([...table.entries()].map(([session]) => session)).toEqual(["one", "three"]);
    table.configure(1, TTL_MS);
    expect([...table.entries()].map(([session]) => session)).toEqual(["three"]);
  });

  test("do not keep those that are idle for too long: they go as others come", () => {
    const table = new SessionTable(100, TTL_MS);
    for (let i = 0; i < 10; i++) table.merge(`old ${i}`, at(i), i);
    for (let i = 0; i < 5; i++) table.merge(`new ${i}`, at(5_000), 5_000);
    expect(table.size).toBe(5);
  });
});

test("tables that are told the same come to the same bindings, in whatever order", () => {
  const binding = fc.record({
    nodeId: fc.constantFrom("a", "b", "c"),
    boundMs: fc.integer({ min: 0, max: 5 }),
    usedMs: fc.integer({ min: 0, max: 9 }),
  });
  const told = fc.array(fc.tuple(fc.constantFrom("s", "t"), binding), { minLength: 1, maxLength: 12 });
  const orders = told.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
  );
  fc.assert(
    fc.property(orders, ([one, other]) => {
      const results = [one, other].map((list) => {
        const table = new SessionTable(10, TTL_MS);
        for (const [session, each] of list) table.merge(session, each, 10);
        return new Map(
          [...table.entries()].map(([session, { nodeId, boundMs, usedMs }]) => [session, [nodeId, boundMs, usedMs]]),
        );
      });
      expect(results[0]).toEqual(results[1]);
    }),
  );
});
