import { describe, expect, test } from "vitest";
import { ConfigNode, type ConfigPool } from "#lib/contracts/config.ts";
import type { NodeFacts } from "#lib/contracts/runtime.ts";
import { decidePreflight, emptyInMs, type PoolUnderway } from "#lib/core/preflight.ts";
import { admin, coolingUntil, halfOpen, health, servingFacts, settings } from "./facts.ts";

const idOf = (n: number) => `00000000-0000-4000-8000-00000000010${n}`;
const node = (n: number, more: object = {}) =>
  ConfigNode.parse({ id: idOf(n), name: `n${n}`, url: `http://10.0.0.${n}:80`, ...more });

function underway(
  nodes: readonly ReturnType<typeof node>[],
  facts: Record<number, Partial<NodeFacts>> = {},
  more: Partial<PoolUnderway> = {},
): PoolUnderway {
  const pool: ConfigPool = { ...settings, nodes: [...nodes] };
  const factsOf = ({ id }: { id: string }): NodeFacts => ({
    ...servingFacts,
    nodeId: id,
    ...facts[Number(id.at(-1))],
  });
  return { pool, factsOf, isReached: true, workers: 1, foundLimits: new Map(), peakInFlight: null, ...more };
}
const taking = (state: PoolUnderway, ...taken: number[]) => decidePreflight(state, new Set(taken.map(idOf)), 0);

describe("the pre-flight of a removal", () => {
  test("tells what is left by weight, and finds no risk while somebody serves", () => {
    const state = underway([node(1, { weight: 1 }), node(2, { weight: 3 })]);
    expect(taking(state, 1)).toMatchObject({
      before: { serving: 2, slots: null },
      after: { serving: 1, slots: null },
      capacityLeftRatio: 0.75,
      risks: [],
    });
  });

  test("finds the last node: nobody is left, all chosen together", () => {
    const state = underway([node(1), node(2)]);
    expect(taking(state, 1, 2)).toMatchObject({ after: { serving: 0 }, capacityLeftRatio: 0, risks: ["last-node"] });
  });

  test.each([
    ["is down", health("unhealthy", 0, 3)],
    ["was never checked", health("pending")],
    ["is on trial", halfOpen],
    ["asked for rest", coolingUntil(1)],
    ["is drained", admin("drain")],
  ])("does not count on a node that %s", (_, facts) => {
    expect(taking(underway([node(1), node(2)], { 2: facts }), 1).risks).toEqual(["last-node"]);
  });

  test("misses no node that serves nobody anyway, nor one of a pool to which nothing leads", () => {
    expect(taking(underway([node(1)], { 1: admin("drain") }), 1).risks).toEqual([]);
    expect(taking(underway([node(1)], {}, { isReached: false }), 1).risks).toEqual([]);
  });

  test("counts on a backup that takes over", () => {
    const state = underway([node(1), node(2, { backup: true })]);
    expect(taking(state, 1)).toMatchObject({ after: { serving: 1 }, risks: [] });
  });

  test("finds too few slots for the busiest moment, and not one request sooner", () => {
    const nodes = [node(1, { maxInFlight: 10 }), node(2, { maxInFlight: 10 })];
    const of = (peakInFlight: number) => taking(underway(nodes, {}, { peakInFlight, workers: 2 }), 1);
    expect(of(20)).toMatchObject({ before: { slots: 40 }, after: { slots: 20 }, risks: [] });
    expect(of(21).risks).toEqual(["over-capacity"]);
  });

  test("goes by the limit that was found where that is lower, and by none where a node has none", () => {
    const foundLimits = new Map([[idOf(2), 4]]);
    const limited = underway([node(1), node(2)], {}, { foundLimits, peakInFlight: 5 });
    expect(taking(limited, 1)).toMatchObject({ after: { slots: 4 }, risks: ["over-capacity"] });
    expect(taking(limited, 2)).toMatchObject({ after: { slots: null }, risks: [] });
  });
});

describe("the time until a node is empty", () => {
  test("follows from how long requests took lately, and is longer for more of them", () => {
    const lately = { meanInFlight: 10, completionsPerSecond: 100 };
    expect(emptyInMs(0, lately)).toBe(0);
    expect(emptyInMs(1, lately)).toBe(100);
    expect(emptyInMs(10, lately)).toBeCloseTo(288, 0);
  });

  test("is not known while nothing completes", () => {
    expect(emptyInMs(3, { meanInFlight: 3, completionsPerSecond: 0 })).toBeNull();
  });
});
