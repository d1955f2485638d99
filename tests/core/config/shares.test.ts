import { describe, expect, it } from "vitest";
import type { ConfigDocument, ConfigNode } from "#lib/contracts/config.ts";
import type { NodeFacts } from "#lib/contracts/runtime.ts";
import { applyOperations } from "#lib/core/config/apply.ts";
import { shareChanges } from "#lib/core/config/shares.ts";
import { admin, health, servingFacts } from "../facts.ts";
import { NEW, node, PAYMENTS, pool, SEARCH, SG_1, SG_2, sample } from "./sample.ts";

type Operations = Parameters<typeof applyOperations>[1];
const after = (operations: Operations): ConfigDocument => {
  const applied = applyOperations(sample(), operations);
  if (!applied.ok) throw new Error(JSON.stringify(applied.faults));
  return applied.document;
};
const serving = (over: Record<string, Partial<NodeFacts>> = {}) => ({
  ...servingFacts,
  of: (one: ConfigNode): NodeFacts => ({ ...servingFacts, nodeId: one.id, ...over[one.id] }),
});
const shares = (operations: Operations, over: Record<string, Partial<NodeFacts>> = {}) =>
  shareChanges(sample(), after(operations), serving(over).of, 0);
const ratios = (operations: Operations, over: Record<string, Partial<NodeFacts>> = {}) =>
  shares(operations, over).map(({ name, nodes }) => [
    name,
    ...nodes.map((one) => `${one.name} ${one.before?.ratio ?? "–"} → ${one.after?.ratio ?? "–"}`),
  ]);

describe("shares of requests before and after", () => {
  it("are those of the weights, and only pools in which a share changes are told", () => {
    expect(ratios([{ op: "node.update", id: SG_1, patch: { weight: 1 } }])).toEqual([
      ["payments", "sg-1 0.625 → 0.25", "sg-2 0.375 → 0.75"],
    ]);
    expect(ratios([{ op: "pool.update", id: PAYMENTS, patch: { description: "the same shares" } }])).toEqual([]);
    expect(
      ratios([
        { op: "node.update", id: SG_1, patch: { weight: 10 } },
        { op: "node.update", id: SG_2, patch: { weight: 6 } },
      ]),
    ).toEqual([]);
  });

  it("tell of nodes that come and go, those that are gone last", () => {
    const operations: Operations = [
      { op: "node.delete", id: SG_1 },
      { op: "node.create", id: NEW, poolId: PAYMENTS, node: node({ name: "sg-3", weight: 3 }) },
    ];
    expect(ratios(operations)).toEqual([["payments", "sg-2 0.375 → 0.5", "sg-3 – → 0.5", "sg-1 0.625 → –"]]);
  });

  it("tell of pools that come and go", () => {
    const made: Operations = [
      { op: "pool.create", id: NEW, pool: pool({ name: "fresh" }) },
      { op: "node.create", id: SG_1.replace("11", "77"), poolId: NEW, node: node({ name: "f-1" }) },
    ];
    expect(shares(made)).toMatchObject([{ name: "fresh", change: "added", nodes: [{ before: null }] }]);
    const [gone] = shareChanges(after(made), sample(), serving().of, 0);
    expect(gone).toMatchObject({ name: "fresh", change: "removed", nodes: [{ before: { ratio: 1 }, after: null }] });
  });

  it("leave a backup in reserve while a primary serves, and give it everything when none can", () => {
    const backup: Operations = [{ op: "node.update", id: SG_2, patch: { backup: true } }];
    expect(ratios(backup)).toEqual([["payments", "sg-1 0.625 → 1", "sg-2 0.375 → 0"]]);
    expect(shares(backup)[0]?.nodes[1]?.after).toEqual({ ratio: 0, weight: 3, reason: "standby" });
    expect(ratios(backup, { [SG_1]: health("unhealthy") })).toEqual([]);
    expect(ratios([{ op: "node.update", id: SG_1, patch: { weight: 0 } }, ...backup])).toEqual([
      ["payments", "sg-1 0.625 → 0", "sg-2 0.375 → 1"],
    ]);
  });

  it("put a later level in reserve", () => {
    const level: Operations = [{ op: "node.update", id: SG_2, patch: { priority: 1 } }];
    expect(shares(level)[0]?.nodes).toMatchObject([
      { before: { ratio: 0.625 }, after: { ratio: 1, reason: "usable" } },
      { before: { ratio: 0.375 }, after: { ratio: 0, reason: "standby-level" } },
    ]);
  });

  it("give nothing, before and after, to what an operator has drained", () => {
    const weight: Operations = [{ op: "node.update", id: SG_1, patch: { weight: 500 } }];
    expect(ratios(weight, { [SG_1]: admin("drain", 1_000) })).toEqual([]);
    const third: Operations = [
      { op: "node.create", id: NEW, poolId: PAYMENTS, node: node({ name: "sg-3", weight: 3 }) },
    ];
    expect(ratios(third, { [SG_1]: admin("maintenance") })).toEqual([
      ["payments", "sg-1 0 → 0", "sg-2 1 → 0.5", "sg-3 – → 0.5"],
    ]);
  });

  it("take a node that waits for its first check as having passed it", () => {
    const second: Operations = [{ op: "node.create", id: NEW, poolId: SEARCH, node: node({ name: "eu-2" }) }];
    expect(ratios(second, { [NEW]: health("pending") })).toEqual([["search", "eu-1 1 → 0.5", "eu-2 – → 0.5"]]);
  });
});
