// Route → pool → node as a drawing in three columns: where each box stands, and where the bands between them begin and end.
// Widths of bands are live and come later; where they run follows from the configuration and does not jump.
import type { NodeView, PoolView, RouteView } from "#lib/contracts/views.ts";
import { asMatched } from "./route-order.ts";

export const BOX_HEIGHT = 52;
const BOX_GAP = 8;
const POOL_GAP = 18;
/** Nodes of a pool that are drawn; the others are told of by their number. */
export const MAX_NODES = 12;

/** The worst first: what does not serve and should, what is on its way, what is kept from serving, what serves. */
const RANKS: readonly (readonly NodeView["status"][])[] = [
  ["down", "breaker-open", "ejected"],
  ["breaker-half-open", "going-down", "degraded", "cooling", "coming-up", "warming-up"],
  ["draining", "drained"],
  ["maintenance", "unchecked"],
];
const rankOf = ({ status }: NodeView): number => {
  const rank = RANKS.findIndex((statuses) => statuses.includes(status));
  return rank < 0 ? RANKS.length : rank;
};

export const worstFirst = (nodes: readonly NodeView[]): NodeView[] =>
  nodes.toSorted((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name, "en", { numeric: true }));

/** A way into a pool: a route, or (null) everything that no route matches. */
export type Way = { route: RouteView | null; pool: PoolView };
export type Group = { pool: PoolView; ways: Way[]; nodes: NodeView[]; hidden: number };

/** The pools with what leads to them and their nodes, the worst nodes first. @param poolId only that one */
export function groupsOf(routes: readonly RouteView[], pools: readonly PoolView[], poolId: string | null): Group[] {
  const ordered = asMatched(routes);
  return pools
    .filter((pool) => poolId === null || pool.id === poolId)
    .map((pool) => {
      const nodes = worstFirst(pool.nodes);
      const ways: Way[] = ordered.filter((route) => route.poolId === pool.id).map((route) => ({ route, pool }));
      if (pool.isDefault) ways.push({ route: null, pool });
      return { pool, ways, nodes: nodes.slice(0, MAX_NODES), hidden: Math.max(0, nodes.length - MAX_NODES) };
    });
}

export type Placed = { ways: number[]; pool: number; nodes: number[]; more: number };
export type Layout = { heightPx: number; groups: Placed[] };

const columnPx = (count: number): number => count * BOX_HEIGHT + Math.max(0, count - 1) * BOX_GAP;

/** Tops of the boxes, px: each pool stands in the middle of its nodes, and what leads to it in the middle of that. */
export function layoutOf(groups: readonly Group[]): Layout {
  let topPx = 0;
  const placed = groups.map(({ ways, nodes, hidden }): Placed => {
    const rows = nodes.length + (hidden > 0 ? 1 : 0);
    const heightPx = columnPx(Math.max(1, ways.length, rows));
    const tops = (count: number) => {
      const first = topPx + (heightPx - columnPx(count)) / 2;
      return Array.from({ length: count }, (_, index) => first + index * (BOX_HEIGHT + BOX_GAP));
    };
    const [pool = topPx] = tops(1);
    const nodeTops = tops(rows);
    const group = { ways: tops(ways.length), pool, nodes: nodeTops.slice(0, nodes.length), more: nodeTops.at(-1) ?? 0 };
    topPx += heightPx + POOL_GAP;
    return group;
  });
  return { heightPx: Math.max(0, topPx - POOL_GAP), groups: placed };
}

const THINNEST_PX = 1;
const THICKEST_PX = 22;

/** Width of a band for its part of everything that flows in its column, 0–1. What flows at all is seen. */
export const bandPx = (share: number): number =>
  share <= 0 ? 0 : THINNEST_PX + (THICKEST_PX - THINNEST_PX) * Math.min(1, share);

/** A band from a box's middle to another's, `fromX` to `toX`. */
export function bandPath(fromX: number, fromTop: number, toX: number, toTop: number): string {
  const [fromY, toY] = [fromTop + BOX_HEIGHT / 2, toTop + BOX_HEIGHT / 2];
  const middle = (fromX + toX) / 2;
  return `M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}`;
}
