// Latency estimates of a candidate. Peak EWMA as linkerd (a slower sample counts at once, a faster one over 10 s, decaying
// while idle so that a node is tried again); plain average 0.95/0.05 as nginx `least_time`. A failure counts as 5 s
// (linkerd's penalty): otherwise a node that fails fast looks fast and attracts traffic (linkerd2#11669).
import type { Candidate } from "./types.ts";

export const DECAY_MS = 10_000;
export const DEFAULT_RTT_MS = 30;
export const FAILURE_PENALTY_MS = 5_000;
const KEEP = 0.95;

/** A candidate without history: default round trip of 30 ms, no average yet. */
export const newCandidate = (id: string, nowMs: number): Candidate => ({
  id,
  effectiveWeight: 0,
  inFlight: 0,
  peakEwmaMs: DEFAULT_RTT_MS,
  peakEwmaAtMs: nowMs,
  averageMs: 0,
  slot: -1,
});

/** The peak average as of `nowMs`: decays towards 0 while no answer comes. */
export function peakEwmaAt(candidate: Candidate, nowMs: number): number {
  const idleMs = nowMs - candidate.peakEwmaAtMs;
  return idleMs > 0 ? candidate.peakEwmaMs * Math.exp(-idleMs / DECAY_MS) : candidate.peakEwmaMs;
}

/**
 * Takes in one settled attempt. `latencyMs` is the time to the answer's first byte; for a failure (5xx, socket fault,
 * time-out) it counts as at least 5 s. Not to be called for requests the client gave up. Then call `picker.loadChanged`.
 */
export function recordLatency(candidate: Candidate, latencyMs: number, failed: boolean, nowMs: number): void {
  const sampleMs = failed ? Math.max(latencyMs, FAILURE_PENALTY_MS) : latencyMs;
  const idleMs = Math.max(0, nowMs - candidate.peakEwmaAtMs);
  const keep = Math.exp(-idleMs / DECAY_MS);
  candidate.peakEwmaMs =
    sampleMs > candidate.peakEwmaMs ? sampleMs : candidate.peakEwmaMs * keep + sampleMs * (1 - keep);
  candidate.peakEwmaAtMs = Math.max(nowMs, candidate.peakEwmaAtMs);
  candidate.averageMs = candidate.averageMs === 0 ? sampleMs : candidate.averageMs * KEEP + sampleMs * (1 - KEEP);
}
