// What one process knows of one node, over all configurations that hold it: its facts and its load.
import type { PassiveFacts } from "#lib/contracts/bus.ts";
import type { ConfigNode } from "#lib/contracts/config.ts";
import type {
  Adjustment,
  AdminState,
  BreakerState,
  CoolingState,
  EjectionState,
  EligibilityReason,
  HealthState,
  NodeRuntime,
  WarmUpState,
} from "#lib/contracts/runtime.ts";
import { DEFAULT_RTT_MS } from "#lib/core/balance/latency.ts";
import type { Candidate, EligibilityNode, Spent } from "#lib/core/balance/types.ts";
import { Breaker } from "#lib/core/breaker.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { Cooling } from "#lib/core/cooling.ts";
import { Ejection } from "#lib/core/ejection.ts";
import { Suspicion } from "#lib/core/suspicion.ts";
import { adjustmentFactor, NO_ADJUSTMENT } from "#lib/core/weights/adjustment.ts";
import { type HeadPart, headPartOf } from "../exchange/node-head.ts";
import { SpanCounts } from "../recorder.ts";
import { NodeConnections } from "../upstream/node-connections.ts";
import type { NodeAdaptive } from "./adaptive.ts";
import type { NodeBudgets } from "./node-budget.ts";
import { type NodeSlots, slotsLeft } from "./node-slots.ts";
import type { PoolState } from "./pool-state.ts";

const READY: AdminState = { state: "ready", sinceMs: 0, deadlineMs: null, keepSessions: false, by: "" };
const UNKNOWN: HealthState = {
  state: "unknown",
  sinceMs: 0,
  reason: "unknown",
  level: null,
  detail: "",
  consecutivePasses: 0,
  consecutiveFailures: 0,
  lastCheckMs: null,
  latencyMs: null,
};

/** An attempt in flight at a node, as far as the node may end it. */
export interface InFlight {
  cut(cause: string): void;
  /** The node has gone silent: asks another too, if that is safe. */
  rescue(): void;
}

function takeLatency(from: NodeState, to: NodeState): void {
  to.peakEwmaMs = from.peakEwmaMs;
  to.peakEwmaAtMs = from.peakEwmaAtMs;
  to.averageMs = from.averageMs;
}

const describe = (fact: EjectionState | BreakerState | CoolingState): string =>
  "untilMs" in fact ? `${fact.state} until ${fact.untilMs}` : fact.state;

export class NodeState implements Candidate, EligibilityNode {
  // What each pick writes lies together, so that one of thousands of nodes costs one line of the processor's cache.
  inFlight = 0;
  slot = -1;
  readonly id: string;
  readonly pool: PoolState;
  config: ConfigNode;
  readonly connections: NodeConnections;
  /** What it wants otherwise in the requests that it gets; null: nothing. */
  headPart: HeadPart | null;
  readonly breakerGate: Breaker;
  readonly ejectionGate: Ejection;
  readonly coolingGate: Cooling;
  readonly suspicion: Suspicion;
  readonly counts: SpanCounts;
  readonly attempts: Set<InFlight>;
  /** Attempts that succeeded or failed since the pool's nodes were last compared. */
  readonly sweep: { requests: number; failures: number };
  /** Of one that a canary's clients get: the same server as everybody gets it, of which all that is not configured is shared. */
  readonly base: NodeState | null;
  /** The same server as the clients of the canary that runs get it. */
  twin: NodeState | null = null;
  admin: AdminState = READY;
  health: HealthState = UNKNOWN;
  warmUp: WarmUpState | null = null;
  adjustment: Adjustment = NO_ADJUSTMENT;
  reason: EligibilityReason = "usable";
  /** How many requests may be in flight at once; null: there is no limit. */
  slots: NodeSlots | null = null;
  /** How many it is found to take at once; null: nobody looks. */
  adaptive: NodeAdaptive | null = null;
  /** How many it may be sent over time; null: likewise. */
  budgets: NodeBudgets | null;
  // Candidate
  effectiveWeight = 0;
  peakEwmaMs = DEFAULT_RTT_MS;
  peakEwmaAtMs: number;
  averageMs = 0;
  share = 0;
  #isRemoved = false;
  #told = "in closed 0 not-cooling";

  /** @param joins whether its pool is at work already: then control's first word of its health is waited for */
  constructor(config: ConfigNode, pool: PoolState, nowMs: number, joins: boolean, base: NodeState | null = null) {
    if (joins && pool.config.healthCheck.enabled) this.health = { ...UNKNOWN, state: "pending" };
    this.id = config.id;
    this.pool = pool;
    this.config = config;
    this.headPart = headPartOf(config);
    this.base = base;
    this.connections = base?.connections ?? new NodeConnections(config.url, pool);
    this.breakerGate = base?.breakerGate ?? new Breaker(pool.config.breaker, pool.processes);
    this.ejectionGate = base?.ejectionGate ?? new Ejection(pool.config.ejection);
    this.coolingGate = base?.coolingGate ?? new Cooling(pool.config.cooling);
    this.suspicion = base?.suspicion ?? new Suspicion();
    this.counts = base?.counts ?? new SpanCounts();
    this.attempts = base?.attempts ?? new Set();
    this.sweep = base?.sweep ?? { requests: 0, failures: 0 };
    this.peakEwmaAtMs = nowMs;
    this.budgets = base === null ? pool.budgetsOf(this) : base.budgets;
    if (base === null) return;
    this.inFlight = base.inFlight;
    takeLatency(base, this);
    this.follow();
  }

  /** Takes over what is known of the server; of a canary's node only. */
  follow(): void {
    if (this.base === null) return;
    const { admin, health, warmUp, adjustment, slots, adaptive, budgets } = this.base;
    Object.assign(this, { admin, health, warmUp, adjustment, slots, adaptive, budgets });
  }

  /** One more request is in flight here, or one less. */
  loadMoved(by: 1 | -1): void {
    this.inFlight += by;
    if (this.twin !== null) this.twin.#hearLoad(by);
    else if (this.base !== null) this.base.#hearTwin(this, by);
  }

  #hearLoad(by: 1 | -1): void {
    this.inFlight += by;
    this.pool.loadChanged(this);
  }

  /** Of the canary that runs, or of one before it. */
  #hearTwin(from: NodeState, by: 1 | -1): void {
    this.#hearLoad(by);
    if (this.twin !== null && this.twin !== from) this.twin.#hearLoad(by);
  }

  /** Its estimates of latency were brought up to date. */
  latencyRecorded(): void {
    const other = this.twin ?? this.base;
    if (other === null) return;
    takeLatency(this, other);
    other.pool.loadChanged(other);
  }

  get weight(): number {
    return this.config.weight;
  }
  get backup(): boolean {
    return this.config.backup;
  }
  get priority(): number {
    return this.config.priority;
  }
  get zone(): string {
    return this.config.zone;
  }
  get breaker(): BreakerState {
    return this.breakerGate.state;
  }
  get ejection(): EjectionState {
    return this.ejectionGate.state;
  }
  get cooling(): CoolingState {
    return this.coolingGate.state;
  }
  get passiveFacts(): PassiveFacts {
    const { ejection, breaker, cooling } = this;
    return { nodeId: this.id, ejection, breaker, cooling, trialsPassed: this.breakerGate.trialsPassed };
  }
  /** Whether it takes no request now, though it takes part: it has no slot, or no more may be sent to it. */
  get isFull(): boolean {
    if (this.slots?.isFull === true) return true;
    if (this.adaptive !== null && this.inFlight >= this.adaptive.limit) return true;
    return this.budgets !== null && !this.budgets.admits();
  }
  /** The same for a request from which a share of the slots is kept (`withheldRatio` of its class). */
  isFullBut(withheldRatio: number): boolean {
    return this.isFull || (withheldRatio > 0 && this.inFlight >= slotsLeft(this, withheldRatio));
  }
  get spent(): Spent | null {
    return this.budgets === null ? null : this.budgets.spentAt(Date.now());
  }

  /** Whether it takes a request only at times. Changes with the configuration and the breaker only, never per request. */
  get isGated(): boolean {
    const isLimited = this.slots !== null || this.adaptive !== null || this.budgets !== null;
    return isLimited || this.breaker.state !== "closed";
  }

  /** Takes the node's part of a new configuration. Its history stays, unless it is another server now. */
  configure(config: ConfigNode, nowMs: number): void {
    const moved = config.url !== this.config.url;
    const { rateLimit, quota } = this.config;
    this.config = config;
    if (!sameValue([rateLimit, quota], [config.rateLimit, config.quota])) this.budgets = this.pool.budgetsOf(this);
    this.headPart = headPartOf(config);
    this.breakerGate.configure(this.pool.config.breaker);
    this.ejectionGate.configure(this.pool.config.ejection, nowMs);
    this.coolingGate.configure(this.pool.config.cooling);
    this.connections.configure(config.url, moved);
    if (!moved) return;
    this.adaptive?.close?.();
    this.adaptive = null;
    this.breakerGate.reset();
    this.coolingGate.reset();
    this.pool.watch.forget(this);
  }

  /** @returns whether it matters to who takes part: most news is just another passed check */
  applyRuntime({ admin, health, warmUp, breakerOrder, adjustment }: NodeRuntime, nowMs: number): boolean {
    const { lastCheckMs, latencyMs, state } = health;
    const isNewPass = state === "healthy" && lastCheckMs !== null && lastCheckMs !== this.health.lastCheckMs;
    const flipped = breakerOrder === null ? null : this.breakerGate.obey(breakerOrder, nowMs);
    const comesBack = isNewPass ? this.ejectionGate.checkPassed(lastCheckMs - (latencyMs ?? 0), nowMs) : null;
    const changes =
      flipped !== null ||
      comesBack !== null ||
      admin.state !== this.admin.state ||
      admin.deadlineMs !== this.admin.deadlineMs ||
      state !== this.health.state ||
      adjustmentFactor(adjustment) !== adjustmentFactor(this.adjustment) ||
      warmUp?.startedMs !== this.warmUp?.startedMs ||
      warmUp?.cause !== this.warmUp?.cause;
    this.admin = admin;
    this.health = health;
    this.warmUp = warmUp;
    this.adjustment = adjustment;
    return changes;
  }

  limitChanged(): void {
    this.pool.limitChanged(this);
  }

  /** Takes in a 429 or 503. @returns whether the node asks to be left alone for a while: then it has not failed */
  asksForRest(status: number, retryAfter: string | undefined, nowMs: number): boolean {
    const before = this.cooling;
    const rests = this.coolingGate.asksForRest(status, retryAfter, nowMs);
    if (this.cooling !== before) this.pool.recompute(nowMs);
    return rests;
  }

  /** @returns whether ejection, breaker, its trials or cooling changed since the last call; what siblings told is no news to them */
  takePassiveNews(): boolean {
    const { trialsPassed } = this.breakerGate;
    const passive = `${describe(this.ejection)} ${describe(this.breaker)} ${trialsPassed} ${describe(this.cooling)}`;
    const isNews = passive !== this.#told;
    this.#told = passive;
    return isNews;
  }

  /** The configuration holds it no more: what is in flight goes on. */
  remove(): void {
    this.#isRemoved = true;
    this.slots?.close();
    this.adaptive?.close?.();
    this.connections.close();
  }

  get isRemoved(): boolean {
    return this.base === null ? this.#isRemoved : this.base.isRemoved;
  }

  /** Cuts what is in flight once its drain's time is over. */
  enforceDrain(nowMs: number): void {
    const { state, deadlineMs } = this.admin;
    if (state === "drain" && deadlineMs !== null && deadlineMs <= nowMs) this.cutAttempts("drain-deadline");
  }

  cutAttempts(cause: string): void {
    for (const attempt of [...this.attempts]) attempt.cut(cause);
  }
}
