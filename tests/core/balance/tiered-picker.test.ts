import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALGORITHMS, type Algorithm } from "#lib/contracts/config.ts";
import { hashText } from "#lib/core/balance/hash.ts";
import { TieredPicker } from "#lib/core/balance/tiered-picker.ts";
import type { Candidate } from "#lib/core/balance/types.ts";
import { candidatesOf, seededRandom, tally } from "./support.ts";

type Tiers = [key: string, share: number, nodes: readonly Candidate[]][];
const update = (picker: TieredPicker<Candidate>, tiers: Tiers) =>
  picker.update(
    tiers.map(([key, share]) => ({ key, share })),
    tiers.map(([, , nodes]) => nodes),
  );
function setUp(algorithm: Algorithm, tiers: Tiers) {
  const picker = new TieredPicker<Candidate>(algorithm, seededRandom(1));
  update(picker, tiers);
  return picker;
}
const picks = (picker: TieredPicker<Candidate>, count: number, skip: ((c: Candidate) => boolean) | null = null) =>
  Array.from({ length: count }, (_, i) => picker.pick(i, hashText(`key ${i}`), skip)?.id ?? "none");

const [a, b, c, d] = candidatesOf([1, 1, 1, 1]) as [Candidate, Candidate, Candidate, Candidate];

describe("picks among tiers", () => {
  test("follow shares exactly, in turns as smooth as between nodes", () => {
    const picker = setUp("weighted-round-robin", [
      ["0", 0.75, [a]],
      ["1", 0.25, [b]],
    ]);
    expect(picks(picker, 8)).toEqual([a, a, b, a, a, a, b, a].map(({ id }) => id));
  });

  test.each(ALGORITHMS)("converge to shares, with %s", (algorithm) => {
    const picker = setUp(algorithm, [
      ["0", 0.6, [a, b]],
      ["1", 0.3, [c]],
      ["2", 0.1, [d]],
    ]);
    const counts = tally(picks(picker, 10_000));
    const near = (count: number | undefined, expected: number) =>
      expect(Math.abs((count ?? 0) - expected)).toBeLessThan(algorithm === "consistent-hash" ? 200 : 2);
    near((counts[a.id] ?? 0) + (counts[b.id] ?? 0), 6_000);
    near(counts[c.id], 3_000);
    near(counts[d.id], 1_000);
  });

  test("go on to the other tiers when all nodes of one are passed over, the preferred ones first", () => {
    const picker = setUp("weighted-round-robin", [
      ["0", 0.5, [a]],
      ["1", 0.3, [b]],
      ["2", 0.2, [c]],
    ]);
    expect(tally(picks(picker, 100, (node) => node === a))).toEqual({ [b.id]: 80, [c.id]: 20 });
    expect(tally(picks(picker, 100, (node) => node !== c))).toEqual({ [c.id]: 100 });
    expect(tally(picks(picker, 3, () => true))).toEqual({ none: 3 });
  });

  test("use reserves only when asked to, in order", () => {
    const picker = setUp("least-connections", [
      ["0", 1, [a]],
      ["1", 0, [b]],
      ["2", 0, [c]],
    ]);
    expect(tally(picks(picker, 20))).toEqual({ [a.id]: 20 });
    expect(picker.pick(0, 0, (node) => node === a)).toBeNull();
    expect(picker.pickReserve(0, 0, () => false)).toBe(b);
    expect(picker.pickReserve(0, 0, (node) => node === b)).toBe(c);
    expect(picker.pickReserve(0, 0, () => true)).toBeNull();
  });

  test("are none without tiers, and none of those that left", () => {
    const picker = setUp("weighted-round-robin", []);
    expect(picker.pick(0, 0, null)).toBeNull();
    update(picker, [["0", 1, [a]]]);
    expect(picker.pick(0, 0, null)).toBe(a);
    update(picker, []);
    expect(picker.pick(0, 0, null)).toBeNull();
    expect(picker.pickReserve(0, 0, () => false)).toBeNull();
    picker.loadChanged(a);
  });

  test("keep a key at its tier while shares stay, and move no more keys than the share that moved", () => {
    const tiers = (share: number): Tiers => [
      ["0", share, [a, b]],
      ["1", 1 - share, [c, d]],
    ];
    const picker = setUp("consistent-hash", tiers(0.7));
    const keys = Array.from({ length: 5_000 }, (_, i) => hashText(`client ${i}`));
    const nodesOf = () => keys.map((key) => picker.pick(0, key, null)?.id);
    const before = nodesOf();
    expect(nodesOf()).toEqual(before);
    update(picker, tiers(0.6));
    const moved = nodesOf().filter((id, i) => id !== before[i]).length;
    expect(moved / keys.length).toBeGreaterThan(0.08);
    expect(moved / keys.length).toBeLessThan(0.12);
  });

  test.each(ALGORITHMS)("follow nodes that change tiers, and their load, with %s", (algorithm) => {
    const nodes = candidatesOf([1, 1, 1, 1, 1, 1]);
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 6, maxLength: 6 }), {
          minLength: 2,
          maxLength: 6,
        }),
        (steps) => {
          const picker = new TieredPicker<Candidate>(algorithm, seededRandom(7));
          for (const step of steps) {
            const keys = [...new Set(step.filter((tier) => tier >= 0))].sort();
            const members = keys.map((key) => nodes.filter((_, i) => step[i] === key));
            update(
              picker,
              keys.map((key, i) => [String(key), 1 / keys.length, members[i] as Candidate[]]),
            );
            const taken: Candidate[] = [];
            for (let i = 0; i < 60; i++) {
              const node = picker.pick(i, hashText(`${i}`), null);
              if (node === null) continue;
              node.inFlight++;
              picker.loadChanged(node);
              taken.push(node);
            }
            expect(taken).toHaveLength(keys.length > 0 ? 60 : 0);
            for (const [i, node] of nodes.entries()) {
              // Who is in no tier gets nothing; who is in one is found, so that its load counts: nobody else gets it all.
              if (step[i] === -1) expect(taken).not.toContain(node);
            }
            if (algorithm === "least-connections")
              for (const own of members) {
                const counts = own.map((node) => node.inFlight);
                expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
              }
            for (const node of taken) {
              node.inFlight--;
              picker.loadChanged(node);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
