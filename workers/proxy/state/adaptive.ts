// How many requests each node is found to take at once: who is told of what, and who is let in by it. The only process of a
// worker finds it out itself; several tell control, and share what it finds.
import { AdaptiveLimit, type AdaptiveSettings, type Ended } from "#lib/core/adaptive-limit.ts";
import type { Outcome } from "#lib/core/classify.ts";
import type { NodeState } from "./node-state.ts";
import type { PoolShell } from "./pool-shell.ts";

export interface NodeAdaptive {
  /** Requests that may be in flight: here, or where it is shared in the whole worker. */
  readonly limit: number;
  readonly isShared?: boolean;
  configure(settings: AdaptiveSettings): void;
  /** Takes in an attempt that ended. @returns whether more may be in flight than before */
  record(ended: Ended, nowMs: number): boolean;
  close?(): void;
}

/** The limit of a node as its pool's settings say now; null: it has none. */
export function adaptiveNow(node: NodeState, shell: PoolShell, nowMs: number): NodeAdaptive | null {
  const { adaptive } = node;
  const settings = node.pool.config.adaptiveConcurrency;
  if (!settings.enabled) {
    adaptive?.close?.();
    return null;
  }
  if (adaptive !== null) {
    adaptive.configure(settings);
    return adaptive;
  }
  return node.pool.processes > 1
    ? shell.foundLimits.of(node, settings)
    : new AdaptiveLimit(settings, nowMs, shell.random);
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
