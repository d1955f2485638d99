import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConsistentHash } from "#lib/core/balance/consistent-hash.ts";
import { hashText } from "#lib/core/balance/hash.ts";
import { maglevTable, TABLE_SIZE } from "#lib/core/balance/maglev.ts";
import type { Candidate } from "#lib/core/balance/types.ts";
import { candidatesOf, load, tally } from "./support.ts";

const setUp = (weights: readonly number[]) => {
  const nodes = candidatesOf(weights);
  const picker = new ConsistentHash();
  picker.update(nodes);
  return { nodes, picker };
};
const keys = Array.from({ length: 5_000 }, (_, i) => hashText(`client-${i}`));

describe("Maglev table", () => {
  test("gives each node its part of the slots to within 1 %", () => {
    const table = maglevTable(candidatesOf([5, 3, 1, 1]));
    const counts = tally([...table].map(String));
    for (const [i, weight] of [5, 3, 1, 1].entries()) {
      expect(Math.abs((counts[i] ?? 0) / TABLE_SIZE - weight / 10)).toBeLessThan(0.01);
    }
  });

  test("gives even the lightest of 500 nodes a slot", () => {
    const table = maglevTable(candidatesOf([0.01, ...Array.from({ length: 499 }, () => 1_000)]));
    expect(table).toContain(0);
  });

  test("does not depend on the order of the nodes", () => {
    const nodes = candidatesOf([3, 2, 1, 4]);
    const reversed = nodes.toReversed();
    const ids = (list: Candidate[]) => Array.from(maglevTable(list), (i) => list[i]?.id);
    expect(ids(reversed)).toEqual(ids(nodes));
  });

  test("moves few keys but those of the node that leaves", () => {
    const nodes = candidatesOf([1, 1, 1, 1, 1, 1, 1, 1]);
    const before = maglevTable(nodes);
    const after = maglevTable(nodes.slice(0, 7));
    const moved = before.reduce((sum, owner, slot) => sum + (owner !== 7 && owner !== after[slot] ? 1 : 0), 0);
    expect(moved / TABLE_SIZE).toBeLessThan(0.05);
  });
});

describe("consistent hash", () => {
  test("sends the same key to the same node while loads are in bounds", () => {
    const { picker } = setUp([1, 1, 1]);
    for (const key of keys) expect(picker.pick(0, key, null)).toBe(picker.pick(9, key, null));
  });

  test("takes hashes of full 32 bits", () => {
    const { picker } = setUp([1, 1]);
    expect(picker.pick(0, 0xffffffff, null)).not.toBeNull();
  });

  test("lets no node exceed 1.25 times its part of the load, even when all requests have one key", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 20 }),
        fc.nat(),
        (weights, key) => {
          const { nodes, picker } = setUp(weights);
          const total = weights.reduce((a, b) => a + b, 0);
          for (let sent = 1; sent <= 200; sent++) {
            const node = picker.pick(0, key, null) as Candidate;
            load(picker, node, 1);
            expect(node.inFlight).toBeLessThanOrEqual(Math.ceil((1.25 * sent * node.effectiveWeight) / total));
          }
          expect(nodes.reduce((sum, c) => sum + c.inFlight, 0)).toBe(200);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("keeps the bound after thousands of requests have come and gone", () => {
    const { nodes, picker } = setUp([1, 1]);
    for (let i = 0; i < 2_000; i++) load(picker, nodes[i % 2] as Candidate, i % 4 < 2 ? 1 : -1);
    for (let sent = 1; sent <= 40; sent++) {
      const node = picker.pick(0, 42, null) as Candidate;
      load(picker, node, 1);
      expect(node.inFlight).toBeLessThanOrEqual(Math.ceil((1.25 * sent) / 2));
    }
  });

  test("comes back to the key's own node when the load is gone", () => {
    const { nodes, picker } = setUp([1, 1, 1]);
    const home = picker.pick(0, 42, null) as Candidate;
    load(picker, home, 10);
    expect(picker.pick(0, 42, null)).not.toBe(home);
    load(picker, home, -10);
    expect(picker.pick(0, 42, null)).toBe(home);
    expect(nodes).toContain(home);
  });

  test("goes on to one and the same other node when the key's own is skipped", () => {
    const { picker } = setUp([1, 1, 1, 1]);
    const home = picker.pick(0, 7, null) as Candidate;
    const other = picker.pick(0, 7, (c) => c === home);
    expect(other).not.toBe(home);
    expect(picker.pick(0, 7, (c) => c === home)).toBe(other);
  });

  test("finds the one node left, gives weight 0 nothing, and answers null when there is none", () => {
    const { nodes, picker } = setUp([...Array.from({ length: 999 }, () => 1_000), 0.001, 0]);
    expect(picker.pick(0, 1, (c) => c !== nodes[999])).toBe(nodes[999]);
    expect(picker.pick(0, 1, (c) => c !== nodes[1_000])).toBeNull();
    expect(setUp([]).picker.pick(0, 1, null)).toBeNull();
  });
});
