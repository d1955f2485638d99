// Route → pool → node as a drawing: what stands where, and how wide what flows is.
import { describe, expect, it } from "vitest";
import { BOX_HEIGHT, bandPx, groupsOf, layoutOf, MAX_NODES, worstFirst } from "#lib/client/topology.ts";
import type { NodeView, PoolView, RouteView } from "#lib/contracts/views.ts";

const node = (name: string, status: NodeView["status"] = "up") => ({ id: name, name, status }) as NodeView;
const pool = (id: string, nodes: NodeView[], isDefault = false) => ({ id, name: id, nodes, isDefault }) as PoolView;
const route = (id: string, poolId: string | null) =>
  ({ id, name: id, poolId, match: { host: `${id}.test` } }) as RouteView;

describe("groupsOf", () => {
  it("leads each route to its pool, and what no route matches to the default one", () => {
    const groups = groupsOf([route("a", "p"), route("own", null)], [pool("p", []), pool("q", [], true)], null);
    expect(groups.map(({ ways }) => ways.map(({ route }) => route?.id ?? null))).toEqual([["a"], [null]]);
  });

  it("shows the worst nodes of a large pool and counts the others", () => {
    const many = Array.from({ length: MAX_NODES + 3 }, (_, index) => node(`n${index}`));
    const [group] = groupsOf([], [pool("p", [...many, node("x", "down")])], null);
    expect(group?.nodes[0]?.name).toBe("x");
    expect(group?.hidden).toBe(4);
  });
});

it("puts nodes that are down before those on their way, and serving ones last, by name in numbers' order", () => {
  const sorted = worstFirst([
    node("n10"),
    node("n9"),
    node("w", "warming-up"),
    node("d", "draining"),
    node("x", "down"),
  ]);
  expect(sorted.map(({ name }) => name)).toEqual(["x", "w", "d", "n9", "n10"]);
});

describe("layoutOf", () => {
  it("gives each pool a stretch of its own, in which no two boxes of a column touch", () => {
    const pools = [
      pool(
        "p",
        ["a", "b", "c"].map((name) => node(name)),
      ),
      pool("q", [], true),
      pool("r", [node("d")]),
    ];
    const { groups, heightPx } = layoutOf(groupsOf([route("1", "p"), route("2", "p")], pools, null));
    for (const column of [(at: number) => groups[at]?.nodes ?? [], (at: number) => groups[at]?.ways ?? []]) {
      const tops = [0, 1, 2].flatMap(column);
      for (const [at, top] of tops.entries()) {
        if (at > 0) expect(top - (tops[at - 1] ?? 0)).toBeGreaterThan(BOX_HEIGHT);
        expect(top + BOX_HEIGHT).toBeLessThanOrEqual(heightPx);
      }
    }
  });
});

it("draws whatever flows, and nothing where nothing does", () => {
  expect(bandPx(0)).toBe(0);
  expect(bandPx(0.0001)).toBeGreaterThanOrEqual(1);
  expect(bandPx(1)).toBe(bandPx(3));
});
