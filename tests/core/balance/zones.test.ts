import { describe, expect, test } from "vitest";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import type { EligibilityNode } from "#lib/core/balance/types.ts";
import { admin, halfOpen, health, servingFacts, settings } from "../facts.ts";

type Spec = Partial<Omit<EligibilityNode, "id">>;
const preferred = { enabled: true, minLocalNodes: 1 };
const decide = (
  specs: readonly Spec[],
  { ownZone = "a", zonePreference = preferred, ...change }: Partial<typeof settings> & { ownZone?: string } = {},
) =>
  decideEligibility(
    { ...settings, ...change, zonePreference },
    specs.map((spec, i) => ({
      ...servingFacts,
      id: `n${i}`,
      weight: 1,
      backup: false,
      priority: 0,
      zone: "",
      ...spec,
    })),
    1_000,
    ownZone,
  );
const down = health("unhealthy");
const times = (count: number, spec: Spec): Spec[] => Array.from({ length: count }, () => spec);
const zone = (name: string, healthy: number, size: number, more: Spec = {}): Spec[] => [
  ...times(healthy, { ...more, zone: name }),
  ...times(size - healthy, { ...more, zone: name, ...down }),
];
const shareOf = (name: string, specs: readonly Spec[], change: Parameters<typeof decide>[1] = {}): number =>
  decide(specs, change).nodes.reduce((sum, { share }, i) => sum + (specs[i]?.zone === name ? share : 0), 0);
const reasons = (specs: readonly Spec[], change: Parameters<typeof decide>[1] = {}) =>
  decide(specs, change).nodes.map((node) => node.reason);

describe("the worker's own zone", () => {
  test.each([
    [10, 1],
    [8, 1],
    [7, 0.98],
    [5, 0.7],
    [1, 0.14],
  ])("with %s of its 10 nodes healthy takes %s of the load", (healthy, share) => {
    expect(shareOf("a", [...zone("a", healthy, 10), ...zone("b", 10, 10)])).toBeCloseTo(share, 9);
  });

  test("does not spill at 5 of 7 healthy, which is 71.4 %, and does at 4", () => {
    expect(shareOf("a", [...zone("a", 5, 7), ...zone("b", 1, 1)])).toBe(1);
    expect(shareOf("a", [...zone("a", 4, 7), ...zone("b", 1, 1)])).toBeCloseTo(0.8, 9);
  });

  test("is told as the reason", () => {
    expect(reasons([...zone("a", 1, 1), ...zone("b", 1, 1)])).toEqual(["usable", "standby-zone"]);
    expect(reasons([...zone("a", 1, 2), ...zone("b", 1, 1)])).toEqual(["usable", "unhealthy", "usable-by-spill"]);
  });

  test("takes all of it while no other zone can", () => {
    expect(shareOf("a", [...zone("a", 1, 10), ...zone("b", 0, 10)])).toBe(1);
  });

  const evenly = [0.25, 0.25, 0.25, 0.25];
  const four = [...zone("a", 2, 2), ...zone("b", 2, 2)];
  test.each<[string, readonly Spec[], Parameters<typeof decide>[1], number[]]>([
    ["it is not turned on", four, { zonePreference: { ...preferred, enabled: false } }, evenly],
    ["the worker has none", four, { ownZone: "" }, evenly],
    ["no node stands in it", four, { ownZone: "c" }, evenly],
    ["no node says where it stands", times(4, {}), {}, evenly],
    ["neither the worker nor a node has one", times(4, {}), { ownZone: "" }, evenly],
    ["all nodes stand in it", zone("a", 4, 4), {}, evenly],
    ["none of its nodes is usable", [...zone("a", 0, 2), ...zone("b", 2, 2)], {}, [0, 0, 0.5, 0.5]],
    [
      "fewer are usable than must be",
      [...zone("a", 1, 2), ...zone("b", 2, 2)],
      { zonePreference: { ...preferred, minLocalNodes: 2 } },
      [1 / 3, 0, 1 / 3, 1 / 3],
    ],
  ])("is not preferred while %s", (_, specs, change, shares) => {
    const { nodes, tiers } = decide(specs, change);
    expect(nodes.map(({ share }) => share)).toEqual(shares);
    expect(tiers).toHaveLength(1);
    expect(reasons(specs, change)).not.toContain("usable-by-spill");
  });

  test("is preferred from the least number of usable nodes on", () => {
    const change = { zonePreference: { ...preferred, minLocalNodes: 2 } };
    expect(shareOf("a", [...zone("a", 2, 2), ...zone("b", 2, 2)], change)).toBe(1);
  });

  test("does not miss nodes that an operator took out", () => {
    expect(shareOf("a", [...zone("a", 1, 1), { zone: "a", ...admin("drain") }, ...zone("b", 1, 1)])).toBe(1);
  });

  test("is preferred within each level, and levels go before zones", () => {
    const specs = [
      ...zone("a", 1, 2),
      ...zone("b", 1, 2),
      ...zone("a", 1, 1, { priority: 1 }),
      ...zone("b", 1, 1, { priority: 1 }),
    ];
    const { nodes, tiers } = decide(specs);
    // Half of the first level is healthy, and so is half of the own zone's part of it: 0.7 × 0.7.
    const shares = [0.49, 0, 0.21, 0, 0.3, 0];
    expect(nodes.map(({ share }) => share)).toEqual(shares.map((share) => expect.closeTo(share, 9)));
    expect(tiers.map(({ key }) => key)).toEqual([
      "level 0 own zone",
      "level 0 other zones",
      "level 1 own zone",
      "level 1 other zones",
    ]);
    expect(reasons(specs).at(-1)).toBe("standby-zone");
  });

  test("does not keep its half-open nodes from their trials", () => {
    const specs = [{ zone: "a", ...halfOpen }, ...zone("b", 1, 1)];
    expect(decide(specs).nodes.map(({ share }) => share)).toEqual([0.5, 0.5]);
  });

  test("means nothing in a panic", () => {
    const { mode, nodes } = decide([...zone("a", 0, 1), ...zone("b", 0, 1)]);
    expect(mode).toBe("panic");
    expect(nodes.map(({ share }) => share)).toEqual([0.5, 0.5]);
  });
});
