import { describe, expect, it } from "vitest";
import { diffCounts, diffGroups, searchDiff, shortName } from "#components/diff/diff-groups.ts";
import { shareDelta, sharesWorthShowing } from "#components/diff/share-rows.ts";
import type { ComparedChange, NodeShare } from "#lib/contracts/comparison.ts";
import { applyOperations } from "#lib/core/config/apply.ts";
import { compareConfig } from "#lib/core/config/diff.ts";
import { NEW, node, PAYMENTS, ROUTE_ADMIN, SEARCH, SG_1, SG_2, sample } from "./config/sample.ts";

function changes(): ComparedChange[] {
  const applied = applyOperations(sample(), [
    { op: "node.update", id: SG_1, patch: { weight: 9 } },
    { op: "node.delete", id: SG_2 },
    { op: "pool.update", id: PAYMENTS, patch: { description: "Cards", breaker: { openMs: 777 } } },
    { op: "node.create", id: NEW, poolId: SEARCH, node: node({ name: "eu-9" }) },
    { op: "route.delete", id: ROUTE_ADMIN },
    { op: "proxy.update", patch: { clientLimits: { headMs: 9_000 } } },
  ]);
  if (!applied.ok) throw new Error(JSON.stringify(applied.faults));
  return compareConfig(sample(), applied.document);
}

describe("differences in groups", () => {
  it("hold the proxy, each pool before its nodes, and the routes", () => {
    const told = diffGroups(changes()).map(({ kind, name, changes }) => [kind, name, ...changes.map(shortName)]);
    expect(told).toEqual([
      ["proxy", "", "proxy"],
      ["pool", "payments", "payments", "sg-1", "sg-2"],
      ["pool", "search", "eu-9"],
      ["routes", "", "admin"],
    ]);
    expect(diffCounts(changes())).toEqual({ added: 1, removed: 2, changed: 3 });
  });

  it("are found by name, field and value in any case, and keep only the fields that were found", () => {
    const found = (search: string) =>
      searchDiff(changes(), search).map(({ name, fields }) => [name, ...fields.map(({ path }) => path)]);
    expect(found("")).toHaveLength(6);
    expect(found("SG-1")).toEqual([["payments / sg-1", "weight"]]);
    expect(found("payments openms")).toEqual([["payments", "breaker.openMs"]]);
    expect(found("cards")).toEqual([["payments", "description"]]);
    expect(found("sg-1 nowhere")).toEqual([]);
  });

  it("are found by what a field is called on screen", () => {
    const found = searchDiff(changes(), "stays open", (_, path) =>
      path === "breaker.openMs" ? "Stays open for" : path,
    );
    expect(found.map(({ name, fields }) => [name, fields.length])).toEqual([["payments", 1]]);
  });
});

describe("shares on screen", () => {
  const share = (name: string, before: number | null, after: number | null): NodeShare => {
    const side = (ratio: number | null) => (ratio === null ? null : { ratio, weight: 1, reason: "usable" as const });
    return { id: name, name, before: side(before), after: side(after) };
  };

  it("change by the difference, in which one that is not there counts as nothing", () => {
    expect(shareDelta(share("a", 0.25, 0.5))).toBe(0.25);
    expect(shareDelta(share("a", 0.25, null))).toBe(-0.25);
    expect(shareDelta(share("a", 0.25, 0.2504))).toBe(0);
  });

  it("are all shown of a small pool, and of a large one those that change most, in their order", () => {
    const many = Array.from({ length: 20 }, (_, i) => share(`n${i}`, 0, i / 100));
    expect(sharesWorthShowing(many.slice(0, 12), false)).toHaveLength(12);
    expect(sharesWorthShowing(many, false).map(({ name }) => name)).toEqual(many.slice(8).map(({ name }) => name));
    expect(sharesWorthShowing(many, true)).toHaveLength(20);
  });
});
