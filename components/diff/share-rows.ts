import type { NodeShare } from "#lib/contracts/comparison.ts";

/** Of a large pool only the nodes that change most are shown at first. */
const FEW = 12;
/** Shares are told to a tenth of a per cent. */
const NOTHING = 0.0005;

/** Change of the share, -1–1; 0 when nothing of it would be seen. */
export function shareDelta({ before, after }: NodeShare): number {
  const delta = (after?.ratio ?? 0) - (before?.ratio ?? 0);
  return Math.abs(delta) < NOTHING ? 0 : delta;
}

/** All of a small pool's nodes, in their order; of a large one those whose share changes most, until all are asked for. */
export function sharesWorthShowing(nodes: readonly NodeShare[], all: boolean): readonly NodeShare[] {
  if (all || nodes.length <= FEW) return nodes;
  const most = nodes.toSorted((a, b) => Math.abs(shareDelta(b)) - Math.abs(shareDelta(a))).slice(0, FEW);
  const chosen = new Set(most.map(({ id }) => id));
  return nodes.filter(({ id }) => chosen.has(id));
}
