// What an algorithm compares nodes by, for people: the same formulas as its picker's. The least score is chosen; round robin,
// random choice by weight and hashing compare none.
import type { Algorithm } from "#lib/contracts/config.ts";
import { peakEwmaAt } from "./latency.ts";
import type { Candidate } from "./types.ts";

export interface ScoreTerms {
  /** That goes into the score; null: none does. */
  readonly latencyMs: number | null;
  readonly score: number | null;
}

const NONE: ScoreTerms = { latencyMs: null, score: null };

export function scoreOf(algorithm: Algorithm, node: Candidate, nowMs: number): ScoreTerms {
  const { inFlight, effectiveWeight, averageMs } = node;
  const load = effectiveWeight > 0 ? (inFlight + 1) / effectiveWeight : null;
  switch (algorithm) {
    case "least-connections":
      return { latencyMs: null, score: load };
    case "random-two-choices":
      return { latencyMs: null, score: effectiveWeight > 0 ? inFlight / effectiveWeight : null };
    case "peak-ewma": {
      const latencyMs = peakEwmaAt(node, nowMs);
      return { latencyMs, score: load === null ? null : load * latencyMs };
    }
    case "least-time":
      return { latencyMs: averageMs, score: load === null ? null : load * averageMs };
    case "weighted-round-robin":
    case "consistent-hash":
      return NONE;
  }
}
