"use client";
import { STATUS_LOOK, StateBadge } from "#components/nodes/state-badge.tsx";
import { NODE_STATUSES } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import classes from "./pools.module.css";

const URGENCY = { bad: 0, warn: 1, drain: 2, off: 3, good: 4 } as const;

/** The states of nodes that are not simply up, the most urgent first, with their number. */
export function PoolStates({ nodes }: { nodes: readonly NodeView[] }) {
  const counts = NODE_STATUSES.map((status) => ({ status, count: nodes.filter((n) => n.status === status).length }))
    .filter(({ status, count }) => count > 0 && status !== "up")
    .sort((a, b) => URGENCY[STATUS_LOOK[a.status].tone] - URGENCY[STATUS_LOOK[b.status].tone]);
  return counts.map(({ status, count }) => (
    <span key={status} className={classes.state}>
      <StateBadge status={status} />
      {count > 1 && <span className={classes.times}>× {count}</span>}
    </span>
  ));
}
