// What the data plane and the balancing core agree on. The data plane owns one mutable object per node; pickers read it,
// write nothing but `slot`, and allocate nothing per pick. A picker serves one pool in one process.
import type {
  Adjustment,
  BreakerState,
  CoolingState,
  EjectionState,
  EligibilityReason,
  HealthState,
  NodeRuntime,
  WarmUpState,
} from "#lib/contracts/runtime.ts";
import type { Tier } from "./tiers.ts";

/** Source of randomness: uniform in [0, 1), as Math.random. */
export type Random = () => number;

/** A node as pickers see it. The data plane's own node object extends it (`newCandidate` fills the fields). */
export interface Candidate {
  readonly id: string;
  /** Weight × warm-up × adjustment, as eligibility decided it. 0 gets no traffic at all. Call `picker.update` after a change. */
  effectiveWeight: number;
  /** Requests sent and not yet settled, in this process. Call `picker.loadChanged` after every change. */
  inFlight: number;
  /** Peak-sensitive latency average of `latency.ts`, and when it was last written. */
  peakEwmaMs: number;
  peakEwmaAtMs: number;
  /** Plain average (0.95 old + 0.05 new) of `latency.ts`; 0 until the first sample. */
  averageMs: number;
  /** Place in its picker's tables, -1 outside of one. Only the picker writes it. */
  slot: number;
}

/** Says whether a candidate must not be picked now: already tried by this request, full, or without a breaker permit. */
export type Skip<C extends Candidate = Candidate> = (candidate: C) => boolean;

export interface Picker<C extends Candidate = Candidate> {
  /** Takes a new candidate set, or new weights in it. Not for the hot path: call on changes of state only. */
  update(candidates: readonly C[]): void;
  /**
   * Chooses a candidate for one request; null when there is none that `skip` lets pass. The caller then raises
   * `inFlight` and calls `loadChanged`. `hash` (unsigned 32 bits, see `hash.ts`) matters to consistent-hash only.
   */
  pick(nowMs: number, hash: number, skip: Skip<C> | null): C | null;
  /** Must be called after each change of a candidate's `inFlight` or latency. Cheap; harmless for strangers. */
  loadChanged(candidate: C): void;
}

/** One node as `decideEligibility` reads it: configured values, and its facts. */
export interface EligibilityNode {
  readonly id: string;
  readonly weight: number;
  readonly backup: boolean;
  readonly priority: number;
  readonly zone: string;
  readonly admin: NodeRuntime["admin"];
  readonly health: HealthState;
  readonly ejection: EjectionState;
  readonly breaker: BreakerState;
  readonly cooling: CoolingState;
  readonly warmUp: WarmUpState | null;
  readonly adjustment: Adjustment;
  /** It may be sent no more for a while. */
  readonly spent?: Spent | null;
}

/** What a node was allowed is used up. */
export interface Spent {
  readonly reason: Extract<EligibilityReason, "rate-limited" | "quota-spent">;
  /** When there is more, Unix milliseconds. */
  readonly untilMs: number;
}

export interface NodeEligibility {
  readonly id: string;
  /** Whether it takes part. A half-open node does: its permits are asked for per request. */
  readonly eligible: boolean;
  readonly reason: EligibilityReason;
  /** Place of its tier in `tiers`; -1: it may not be asked. */
  readonly tier: number;
  /** Weight × warm-up × adjustment, among the nodes of its tier; 0 without one. */
  readonly effectiveWeight: number;
  /** Part of the pool's load that it is due, 0–1; they add up to 1 unless nobody is usable. */
  readonly share: number;
}

export interface Eligibility {
  /** `panic`: health and ejection are being ignored. `none`: nobody is usable, answer 503. */
  readonly mode: "normal" | "panic" | "none";
  /** One entry per given node, in the given order. */
  readonly nodes: readonly NodeEligibility[];
  /** Those with a share of the load, then those in reserve, each part in the order of preference. */
  readonly tiers: readonly Tier[];
  /** When time alone changes the answer (an ejection ends, a breaker is due, a ramp steps); null: never. */
  readonly nextChangeMs: number | null;
}
