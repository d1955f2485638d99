import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LeastConnections } from "#lib/core/balance/least-connections.ts";
import type { Candidate } from "#lib/core/balance/types.ts";
import { candidatesOf, load, pickIds, tally } from "./support.ts";

const setUp = (weights: readonly number[]) => {
  const nodes = candidatesOf(weights);
  const picker = new LeastConnections();
  picker.update(nodes);
  return { nodes, picker };
};
const score = (c: Candidate) => (c.inFlight + 1) / c.effectiveWeight;

describe("least connections", () => {
  test("takes the smallest (in flight + 1) / weight, whatever requests came and went before", () => {
    const step = fc.record({ node: fc.nat(99), end: fc.boolean(), skipped: fc.nat(99) });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 100 }),
        fc.array(step, { maxLength: 200 }),
        (weights, steps) => {
          const { nodes, picker } = setUp(weights);
          for (const { node, end, skipped } of steps) {
            const changed = nodes[node % nodes.length] as Candidate;
            load(picker, changed, end && changed.inFlight > 0 ? -1 : 1);
            const tried = nodes[skipped % nodes.length] as Candidate;
            const picked = picker.pick(0, 0, (c) => c === tried) as Candidate;
            expect(picked).not.toBe(tried);
            expect(score(picked)).toBe(Math.min(...nodes.filter((c) => c !== tried).map(score)));
          }
        },
      ),
    );
  });

  test("breaks ties by round robin", () => {
    const { picker } = setUp([2, 2, 2]);
    expect(tally(pickIds(picker, 30))).toEqual({ "node-0": 10, "node-1": 10, "node-2": 10 });
    const ids = pickIds(picker, 6);
    expect(ids.slice(0, 3)).toEqual(ids.slice(3));
  });

  test("fills nodes in proportion to their weights", () => {
    const { nodes, picker } = setUp([5, 3, 1]);
    for (let i = 0; i < 900; i++) load(picker, picker.pick(0, 0, null) as Candidate, 1);
    expect(nodes.map((c) => c.inFlight)).toEqual([500, 300, 100]);
  });

  test("keeps load and turns over an update, and forgets nodes that left", () => {
    const { nodes, picker } = setUp([1, 1, 1]);
    const first = picker.pick(0, 0, null) as Candidate;
    const rest = nodes.filter((c) => c !== first);
    load(picker, rest[0] as Candidate, 3);
    picker.update(nodes);
    expect(picker.pick(0, 0, null)).toBe(rest[1]);
    picker.update(rest);
    expect(first.slot).toBe(-1);
    load(picker, first, -first.inFlight);
    expect(tally(pickIds(picker, 10))).toEqual({ [(rest[1] as Candidate).id]: 10 });
  });

  test("gives weight 0 nothing and answers null when nobody may be picked", () => {
    const { picker } = setUp([0, 1]);
    expect(tally(pickIds(picker, 5))).toEqual({ "node-1": 5 });
    expect(picker.pick(0, 0, () => true)).toBeNull();
    expect(setUp([0]).picker.pick(0, 0, null)).toBeNull();
  });
});
