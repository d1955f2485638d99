// When time alone changes who takes part in a pool.
import type { NodeState } from "./node-state.ts";

/** setTimeout takes no more than 2^31 - 1. */
const MAX_TIMER_MS = 2_000_000_000;

/** @param decidedMs as eligibility sees it, Unix milliseconds; null: never @returns how long to wait; null: for ever */
export function nextChangeInMs(nodes: readonly NodeState[], decidedMs: number | null, nowMs: number): number | null {
  let next = decidedMs ?? Number.POSITIVE_INFINITY;
  for (const { admin, budgets } of nodes) {
    if (admin.state === "drain" && admin.deadlineMs !== null && admin.deadlineMs > nowMs)
      next = Math.min(next, admin.deadlineMs);
    const pauseMs = budgets === null ? 0 : budgets.pauseMs;
    if (pauseMs > 0) next = Math.min(next, nowMs + Math.ceil(pauseMs));
  }
  return Number.isFinite(next) ? Math.min(Math.max(1, next - nowMs + 1), MAX_TIMER_MS) : null;
}
