import { describe, expect, test } from "vitest";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import { capacityOf, loadsOf } from "#lib/core/balance/levels.ts";
import type { EligibilityNode } from "#lib/core/balance/types.ts";
import {
  admin,
  coolingUntil,
  degraded,
  ejectedUntil,
  halfOpen,
  health,
  openUntil,
  servingFacts,
  settings,
} from "../facts.ts";

type Spec = Partial<Omit<EligibilityNode, "id">>;
const decide = (specs: readonly Spec[], change: Partial<typeof settings> = {}, nowMs = 1_000) =>
  decideEligibility(
    { ...settings, ...change },
    specs.map((spec, i) => ({
      ...servingFacts,
      id: `n${i}`,
      weight: 1,
      backup: false,
      priority: 0,
      zone: "",
      ...spec,
    })),
    nowMs,
  );
const reasons = (specs: readonly Spec[], change: Partial<typeof settings> = {}) =>
  decide(specs, change).nodes.map((node) => node.reason);

const down = health("unhealthy");
const first = { priority: 0 };
const second = { priority: 1 };
const third = { priority: 2 };
const times = (count: number, spec: Spec): Spec[] => Array.from({ length: count }, () => spec);
/** A level of `size`, of which `healthy` are. */
const level = (priority: number, healthy: number, size: number): Spec[] => [
  ...times(healthy, { priority }),
  ...times(size - healthy, { priority, ...down }),
];
/** Due share of each level. */
function sharesByLevel(specs: readonly Spec[], change: Partial<typeof settings> = {}): Record<number, number> {
  const shares: Record<number, number> = {};
  for (const [i, { share }] of decide(specs, change).nodes.entries()) {
    const priority = specs[i]?.priority ?? 0;
    shares[priority] = (shares[priority] ?? 0) + share;
  }
  for (const priority in shares) shares[priority] = Math.round((shares[priority] as number) * 1e6) / 1e6;
  return shares;
}

describe("load of levels", () => {
  test.each<[string, number[], number[]]>([
    ["the first takes all that it can", [1, 1], [1, 0]],
    ["what it cannot take spills over", [0.7, 1], [0.7, 0.3]],
    ["and on to the third", [0.5, 0.3, 1], [0.5, 0.3, 0.2]],
    ["levels that cannot take it all together share it in proportion", [0.28, 0.14], [0.666666667, 0.333333333]],
    ["a dead level gets nothing", [0, 0.5, 0], [0, 1, 0]],
    ["nobody gets anything when nobody can take it", [0, 0], [0, 0]],
    ["what rounding leaves over is no load", [1 / 3, 1 / 3, 1 / 3, 1], [0.333333333, 0.333333333, 0.333333333, 0]],
  ])("%s", (_, capacities, loads) => {
    expect(loadsOf(capacities)).toEqual(loads);
  });

  test("a level can take its usable share times the factor, at most all", () => {
    expect(capacityOf(5, 7, 1.4)).toBe(1);
    expect(capacityOf(4.999, 7, 1.4)).toBeLessThan(1);
    expect(capacityOf(1, 2, 1.4)).toBe(0.7);
    expect(capacityOf(1, 2, 1)).toBe(0.5);
    expect(capacityOf(0, 2, 1.4)).toBe(0);
    expect(capacityOf(0, 0, 1.4)).toBe(0);
  });
});

describe("priority levels", () => {
  // The table in Envoy's documentation: 1.4 × healthy share, what is missing goes to the next level.
  test.each([
    [100, 100, 1, 0],
    [72, 72, 1, 0],
    [71, 71, 0.994, 0.006],
    [50, 50, 0.7, 0.3],
    [25, 100, 0.35, 0.65],
    [25, 25, 0.5, 0.5],
    [0, 100, 0, 1],
  ])("%s and %s of 100 healthy share the load %s to %s", (a, b, shareA, shareB) => {
    expect(sharesByLevel([...level(0, a, 100), ...level(1, b, 100)])).toEqual({ 0: shareA, 1: shareB });
  });

  test("do not spill at 5 of 7 healthy, which is 71.4 %, and do at 4", () => {
    expect(sharesByLevel([...level(0, 5, 7), ...level(1, 1, 1)])).toEqual({ 0: 1, 1: 0 });
    expect(sharesByLevel([...level(0, 4, 7), ...level(1, 1, 1)])).toEqual({ 0: 0.8, 1: 0.2 });
  });

  test("spill sooner or later by the factor", () => {
    const nodes = [...level(0, 3, 4), ...level(1, 1, 1)];
    expect(sharesByLevel(nodes, { overprovisioningFactor: 1 })).toEqual({ 0: 0.75, 1: 0.25 });
    expect(sharesByLevel(nodes, { overprovisioningFactor: 1.2 })).toEqual({ 0: 0.9, 1: 0.1 });
    expect(sharesByLevel(nodes, { overprovisioningFactor: 4 / 3 })).toEqual({ 0: 1, 1: 0 });
  });

  test("say of each node why it gets requests, or none", () => {
    expect(reasons([first, second, third])).toEqual(["usable", "standby-level", "standby-level"]);
    const nodes = [first, { ...first, ...down }, second, { ...third, ...openUntil(9_000) }];
    expect(reasons(nodes)).toEqual(["usable", "unhealthy", "usable-by-spill", "breaker-open"]);
    expect(decide(nodes).nodes.map((node) => node.eligible)).toEqual([true, false, true, false]);
  });

  test("may be any: gaps between them mean nothing", () => {
    expect(sharesByLevel([{ priority: 3 }, { priority: 15 }])).toEqual({ 3: 1, 15: 0 });
    expect(reasons([{ priority: 3 }, { priority: 15 }])).toEqual(["usable", "standby-level"]);
  });

  test("count weights, not nodes", () => {
    const canary = { ...first, weight: 1 };
    const main = { ...first, weight: 99 };
    expect(sharesByLevel([{ ...canary, ...down }, main, second])).toEqual({ 0: 1, 1: 0 });
    expect(sharesByLevel([canary, { ...main, ...down }, second])).toEqual({ 0: 0.014, 1: 0.986 });
  });

  test.each<[string, Spec, number]>([
    ["an unhealthy node", down, 0.7],
    ["an ejected node", ejectedUntil(9_000), 0.7],
    ["an open breaker", openUntil(9_000), 0.7],
    ["a half-open breaker", halfOpen, 0.7],
    ["a resting node", coolingUntil(9_000), 0.7],
    ["a drained node, which its operator does not miss", admin("drain"), 1],
    ["a node in maintenance", admin("maintenance"), 1],
    ["a node of weight 0", { weight: 0 }, 1],
    ["a node that waits for its first check", health("pending"), 1],
  ])("lose load for %s as far as it is meant to serve", (_, spec, share) => {
    expect(sharesByLevel([first, { ...first, ...spec }, second])[0]).toBe(share);
  });

  test("get their load back as their nodes warm up", () => {
    const warmUp = { startedMs: 1_000, cause: "recovery" as const };
    const nodes = [{ ...first, warmUp }, second];
    const shareAt = (nowMs: number) => decide(nodes, {}, nowMs).nodes[0]?.share;
    expect(shareAt(1_000)).toBeCloseTo(0.14, 6);
    expect(shareAt(300_999)).toBeCloseTo(0.14, 6);
    expect(shareAt(301_000)).toBeCloseTo(0.42, 6);
    expect(shareAt(1_501_000)).toBe(1);
    expect(decide(nodes).nextChangeMs).toBe(301_000);
  });

  test("lose load as their nodes are degraded, not as dynamic weights compare them", () => {
    expect(sharesByLevel([{ ...first, ...degraded(0.5) }, second])).toEqual({ 0: 0.7, 1: 0.3 });
    const slower = {
      factor: 0.5,
      target: 0.5,
      reason: "floor" as const,
      requests: 50,
      minimumRequests: 20,
      errorRatio: 0,
      meanMs: 80,
      score: 0.0125,
      decidedMs: 0,
    };
    const { nodes } = decide([first, { ...first, adjustment: { dynamic: slower, degrade: null } }, second]);
    expect(nodes.map(({ share }) => share)).toEqual([expect.closeTo(2 / 3, 6), expect.closeTo(1 / 3, 6), 0]);
  });

  test("take all of it in a warm-up when there is nobody else", () => {
    const warmUp = { startedMs: 1_000, cause: "recovery" as const };
    expect(
      decide([
        { ...first, warmUp },
        { ...second, ...down },
      ]).nodes.map((node) => node.share),
    ).toEqual([1, 0]);
  });

  test("do not keep half-open nodes from their trials where nobody else of their level can take load", () => {
    const { nodes, tiers } = decide([{ ...first, ...halfOpen }, second]);
    expect(nodes.map(({ reason, share }) => [reason, share])).toEqual([
      ["usable", 0.5],
      ["usable-by-spill", 0.5],
    ]);
    expect(tiers).toHaveLength(1);
    expect(
      decide([
        { ...first, ...halfOpen },
        { ...second, ...halfOpen },
      ]).tiers,
    ).toHaveLength(1);
  });

  test("keep half-open nodes of levels without load waiting", () => {
    expect(reasons([first, second, { ...second, ...halfOpen }])).toEqual(["usable", "standby-level", "standby-level"]);
  });
});

describe("backups beside levels", () => {
  const backup = { backup: true };
  test("serve only when no primary of any level is usable", () => {
    expect(reasons([{ ...first, ...down }, second, backup])).toEqual(["unhealthy", "usable-by-spill", "standby"]);
    expect(reasons([{ ...first, ...down }, { ...second, ...down }, backup])).toEqual([
      "unhealthy",
      "unhealthy",
      "usable-as-backup",
    ]);
  });

  test("have levels among themselves", () => {
    const nodes = [{ ...first, ...down }, backup, { ...backup, ...down }, { ...backup, ...second }];
    expect(decide(nodes).nodes.map(({ share }) => share)).toEqual([0, 0.7, 0, expect.closeTo(0.3, 6)]);
    expect(reasons([down, backup, { ...backup, ...second }])).toEqual([
      "unhealthy",
      "usable-as-backup",
      "standby-level",
    ]);
  });

  test("are the last in reserve, behind levels without load", () => {
    const { nodes, tiers } = decide([first, second, third, backup]);
    expect(nodes.map(({ tier }) => tier)).toEqual([0, 1, 2, 3]);
    expect(tiers.map(({ share }) => share)).toEqual([1, 0, 0, 0]);
  });
});

describe("panic beside levels", () => {
  test("is none as long as another level can take the load", () => {
    const nodes = [...level(0, 0, 10), ...level(1, 2, 2)];
    expect(decide(nodes, { panicThreshold: 0.5 }).mode).toBe("normal");
    expect(sharesByLevel(nodes, { panicThreshold: 0.5 })).toEqual({ 0: 0, 1: 1 });
  });

  test("takes in the levels below the threshold when all of them together cannot take the load", () => {
    const nodes = [...level(0, 1, 4), ...level(1, 1, 2)];
    // 35 % and 70 % of the load: enough. Without half of the second level it is not.
    expect(decide(nodes, { panicThreshold: 0.5 }).mode).toBe("normal");
    const fewer = [...level(0, 1, 4), ...level(1, 2, 6)];
    expect(decide(fewer, { panicThreshold: 0.3 })).toMatchObject({ mode: "panic" });
    expect(reasons(fewer, { panicThreshold: 0.3 })).toEqual([
      "usable",
      ...times(3, {}).map(() => "usable-in-panic"),
      ...times(2, {}).map(() => "usable-by-spill"),
      ...times(4, {}).map(() => "unhealthy"),
    ]);
    const byLevel = sharesByLevel(fewer, { panicThreshold: 0.3 });
    expect(byLevel[0]).toBeCloseTo(0.35 / (0.35 + 0.466666667), 5);
    expect(decide(fewer, { panicThreshold: 0.25 }).mode).toBe("normal");
  });

  test("of the whole pool spreads over all levels, and never over what an operator took out", () => {
    const { mode, nodes } = decide([
      { ...first, ...down },
      { ...second, ...down },
      { ...second, ...admin("drain") },
    ]);
    expect(mode).toBe("panic");
    expect(nodes.map(({ reason, share }) => [reason, share])).toEqual([
      ["usable-in-panic", 0.5],
      ["usable-in-panic", 0.5],
      ["drain", 0],
    ]);
  });
});
