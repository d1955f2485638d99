// When a second node is asked too. Hedging as in "The Tail at Scale" (Dean and Barroso, 2013): a second copy goes out when
// the first has taken longer than the pool's own high percentile, so few requests are ever sent twice. Racing connects as
// Happy Eyeballs (RFC 8305) does between addresses: nothing has been sent yet, so it is safe for every method.
import type { HedgeSettings, RouteHedge } from "#lib/contracts/config.ts";

/** In a pool whose tail is shorter than this, a node that hangs costs no client more than about this. */
const FAST_MS = 50;
const MIN_RACE_MS = 10;
const MAX_RACE_MS = 50;
const STALL_FACTOR = 3;
/** For a pool that has answered too little for its tail to be known: else a node that hangs then holds clients to the time limit. */
const COLD_DELAY_MS = 1_000;

const HEDGED: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a slow request may be sent to a second node. Safe methods only, unless its route opts in: a second copy of a PUT
 * may be carried out after a later one, and that of a POST besides the first.
 */
export const isHedged = (method: string, hedge: RouteHedge): boolean =>
  hedge === "safe" ? HEDGED.has(method) : hedge === "all";

/**
 * How long the first byte is waited for before a second copy is sent: twice the tail, so that the tail's own scatter sends
 * none, but not beyond 50 ms unless the tail is. A second when the tail is not known.
 * @param tailMs the pool's latency at `settings.percentile`
 */
export function hedgeDelayMs(tailMs: number | null, { minDelayMs }: Pick<HedgeSettings, "minDelayMs">): number {
  if (tailMs === null) return Math.max(minDelayMs, COLD_DELAY_MS);
  return Math.max(minDelayMs, tailMs, Math.min(2 * tailMs, FAST_MS));
}

/** How long a connect may take before another node is tried: four times the usual, 10–50 ms. @param usualMs null: not known */
export function raceDelayMs(usualMs: number | null): number {
  return usualMs === null ? MAX_RACE_MS : Math.min(MAX_RACE_MS, Math.max(MIN_RACE_MS, 4 * usualMs));
}

/** From when on a request whose node has said nothing meanwhile speaks against the node. */
export const stallAfterMs = (delayMs: number): number => STALL_FACTOR * delayMs;
