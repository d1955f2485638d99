// How many requests each node is found to take at once, in this process: who is told of what, and who is let in by it.
import { AdaptiveLimit } from "#lib/core/adaptive-limit.ts";
import type { Random } from "#lib/core/balance/types.ts";
import type { Outcome } from "#lib/core/classify.ts";
import type { NodeState } from "./node-state.ts";

/** The limit of a node as its pool's settings say now; null: it has none. */
export function adaptiveNow({ adaptive, pool }: NodeState, random: Random, nowMs: number): AdaptiveLimit | null {
  const settings = pool.config.adaptiveConcurrency;
  if (!settings.enabled) return null;
  if (adaptive === null) return new AdaptiveLimit(settings, nowMs, random);
  adaptive.configure(settings);
  return adaptive;
}

/**
 * An attempt at a node with such a limit ended. @param startedMs on the clock of `nowMs`
 * @returns whether there is room for more than the one that takes its place
 */
export function attemptEnded(
  { adaptive, inFlight }: NodeState,
  { kind, counts }: Outcome,
  startedMs: number,
  latencyMs: number,
  nowMs: number,
): boolean {
  // How long a client stayed is no word of the node's.
  if (adaptive === null || kind === "client-abort") return false;
  const isAnswered = counts === "success";
  return adaptive.record({ latencyMs, isAnswered, startedMs, inFlight }, nowMs);
}
