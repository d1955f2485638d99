// What one process knows of one node, over all configurations that hold it: its facts, its load, its idle connections.
import type { PassiveFacts } from "#lib/contracts/bus.ts";
import type { ConfigNode, Protocol } from "#lib/contracts/config.ts";
import type {
  AdminState,
  BreakerState,
  CoolingState,
  EjectionState,
  HealthState,
  NodeRuntime,
  WarmUpState,
} from "#lib/contracts/runtime.ts";
import { DEFAULT_RTT_MS } from "#lib/core/balance/latency.ts";
import type { Candidate, EligibilityNode, EligibilityReason } from "#lib/core/balance/types.ts";
import { Breaker } from "#lib/core/breaker.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { Cooling } from "#lib/core/cooling.ts";
import { Ejection } from "#lib/core/ejection.ts";
import { IdleClose } from "#lib/core/idle-close.ts";
import { compileEdits, type HeaderEdit } from "#lib/core/routing/header-edit.ts";
import { Suspicion } from "#lib/core/suspicion.ts";
import { SpanCounts } from "../recorder.ts";
import { type NodeAddress, nodeAddress } from "../upstream/address.ts";
import { type ConnectionKeeper, UpstreamConnection } from "../upstream/connection.ts";
import { Http2Sessions } from "../upstream/http2-sessions.ts";
import type { UpstreamStream, UpstreamUser } from "../upstream/stream.ts";
import type { PoolState } from "./pool-state.ts";

const READY: AdminState = { state: "ready", sinceMs: 0, deadlineMs: null, by: "" };
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

const describe = (fact: EjectionState | BreakerState | CoolingState): string =>
  "untilMs" in fact ? `${fact.state} until ${fact.untilMs}` : fact.state;

export class NodeState implements Candidate, EligibilityNode, ConnectionKeeper {
  // What each pick writes lies together, so that one of thousands of nodes costs one line of the processor's cache.
  inFlight = 0;
  slot = -1;
  readonly id: string;
  readonly pool: PoolState;
  config: ConfigNode;
  address: NodeAddress;
  /** Of the requests that it gets; null: none. */
  requestEdit: HeaderEdit | null;
  readonly breakerGate: Breaker;
  readonly ejectionGate: Ejection;
  readonly coolingGate: Cooling;
  readonly suspicion = new Suspicion();
  /** After how long it closes idle connections. */
  readonly idleClose = new IdleClose();
  readonly counts = new SpanCounts();
  readonly attempts = new Set<InFlight>();
  /** Attempts that succeeded or failed since the pool's nodes were last compared. */
  readonly sweep = { requests: 0, failures: 0 };
  admin: AdminState = READY;
  health: HealthState = UNKNOWN;
  warmUp: WarmUpState | null = null;
  reason: EligibilityReason = "usable";
  // Candidate
  effectiveWeight = 0;
  peakEwmaMs = DEFAULT_RTT_MS;
  peakEwmaAtMs: number;
  averageMs = 0;
  share = 0;
  /** Most recently used last. */
  readonly #idle: UpstreamConnection[] = [];
  #protocol: Protocol = "http1";
  /** For a pool whose protocol is HTTP/2. */
  #sessions: Http2Sessions | null = null;
  #isRemoved = false;
  #told = "in closed not-cooling";

  /** @param joins whether its pool is at work already: then control's first word of its health is waited for */
  constructor(config: ConfigNode, pool: PoolState, nowMs: number, joins: boolean) {
    if (joins && pool.config.healthCheck.enabled) this.health = { ...UNKNOWN, state: "pending" };
    this.id = config.id;
    this.pool = pool;
    this.config = config;
    this.requestEdit = compileEdits(config.requestHeaders);
    this.address = this.#addressOf(config.url);
    this.#chooseProtocol();
    this.breakerGate = new Breaker(pool.config.breaker);
    this.ejectionGate = new Ejection(pool.config.ejection);
    this.coolingGate = new Cooling(pool.config.cooling);
    this.peakEwmaAtMs = nowMs;
  }

  get weight(): number {
    return this.config.weight;
  }
  get backup(): boolean {
    return this.config.backup;
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
    return { nodeId: this.id, ejection: this.ejection, breaker: this.breaker, cooling: this.cooling };
  }
  get isFull(): boolean {
    return this.config.maxInFlight > 0 && this.inFlight >= this.pool.slotsOf(this.config.maxInFlight);
  }

  /** Whether it takes a request only at times. Changes with the configuration and the breaker only, never per request. */
  get isGated(): boolean {
    return this.config.maxInFlight > 0 || this.breaker.state !== "closed";
  }

  /** Takes the node's part of a new configuration. Its history stays, unless it is another server now. */
  configure(config: ConfigNode, nowMs: number): void {
    const moved = config.url !== this.config.url;
    this.config = config;
    this.requestEdit = compileEdits(config.requestHeaders);
    this.breakerGate.configure(this.pool.config.breaker);
    this.ejectionGate.configure(this.pool.config.ejection, nowMs);
    this.coolingGate.configure(this.pool.config.cooling);
    const isTlsChanged = this.address.tls !== null && !sameValue(this.address.tls.settings, this.pool.config.tls);
    if (!moved && !isTlsChanged && this.#protocol === this.pool.config.protocol) return;
    this.closeIdle();
    this.address = this.#addressOf(config.url);
    this.#chooseProtocol();
    if (!moved) return;
    this.breakerGate.reset();
    this.coolingGate.reset();
    this.pool.watch.forget(this);
    this.idleClose.forget();
  }

  #addressOf(url: string): NodeAddress {
    const { tls, protocol } = this.pool.config;
    return nodeAddress(url, tls, this.pool.names, protocol === "h2");
  }

  #chooseProtocol(): void {
    this.#protocol = this.pool.config.protocol;
    this.#sessions = this.#protocol === "http1" ? null : new Http2Sessions(() => this.pool.config);
  }

  /** @returns whether it matters to who takes part: most news is just another passed check */
  applyRuntime({ admin, health, warmUp, breakerOrder }: NodeRuntime, nowMs: number): boolean {
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
      warmUp?.startedMs !== this.warmUp?.startedMs ||
      warmUp?.cause !== this.warmUp?.cause;
    this.admin = admin;
    this.health = health;
    this.warmUp = warmUp;
    return changes;
  }

  /** Takes in a 429 or 503. @returns whether the node asks to be left alone for a while: then it has not failed */
  asksForRest(status: number, retryAfter: string | undefined, nowMs: number): boolean {
    const before = this.cooling;
    const rests = this.coolingGate.asksForRest(status, retryAfter, nowMs);
    if (this.cooling !== before) this.pool.recompute(nowMs);
    return rests;
  }

  /** @returns whether ejection, breaker or cooling changed since the last call; what siblings told is no news to them */
  takePassiveNews(): boolean {
    const passive = `${describe(this.ejection)} ${describe(this.breaker)} ${describe(this.cooling)}`;
    const isNews = passive !== this.#told;
    this.#told = passive;
    return isNews;
  }

  /** For one request of `user`'s. @param recentMs how long a connection may have been idle to serve it */
  open(user: UpstreamUser, nowMs: number, recentMs: number): UpstreamStream {
    const idle = this.#sessions === null ? this.#takeIdle(nowMs, recentMs) : null;
    if (idle === null) return this.connect(user);
    idle.user = user;
    return idle;
  }

  /** An idle connection that is still good; null when there is none. */
  #takeIdle(nowMs: number, recentMs: number): UpstreamConnection | null {
    for (let connection = this.#idle.at(-1); connection !== undefined; connection = this.#idle.at(-1)) {
      const idleMs = nowMs - connection.idleSinceMs;
      // Those before it have been idle for longer still.
      if (idleMs > recentMs) return null;
      this.#idle.pop();
      this.pool.idleConnections--;
      if (!connection.isClosed && idleMs < connection.idleLimitMs && idleMs < this.idleClose.limitMs) return connection;
      connection.destroy();
    }
    return null;
  }

  /** After one that went stale: on a connection of its own, which is being made, or a session that takes requests. */
  connect(user: UpstreamUser): UpstreamStream {
    if (this.#sessions !== null) return this.#sessions.open(user, this.address);
    return new UpstreamConnection(this.address, this.pool.config.timeouts.connectMs, user, this);
  }

  giveBack(connection: UpstreamConnection, address: NodeAddress, nowMs: number): void {
    const { maxIdle, maxIdlePerNode } = this.pool.config.keepAlive;
    const isFull = this.#idle.length >= maxIdlePerNode || this.pool.idleConnections >= maxIdle;
    if (isFull || this.#isRemoved || address !== this.address || !connection.isCurrent) {
      connection.destroy();
      return;
    }
    connection.user = null;
    connection.timer.clear();
    connection.idleSinceMs = nowMs;
    connection.served++;
    this.#idle.push(connection);
    this.pool.idleConnections++;
  }

  /** Closes connections that have been idle for too long. */
  expireIdle(nowMs: number): void {
    this.#sessions?.expireIdle(nowMs);
    this.idleClose.expire(nowMs);
    const idleMs = Math.min(this.pool.config.keepAlive.idleMs, this.idleClose.limitMs);
    // The oldest come first, but nodes may set limits of their own.
    for (let i = this.#idle.length - 1; i >= 0; i--) {
      const connection = this.#idle[i] as UpstreamConnection;
      if (nowMs - connection.idleSinceMs < Math.min(idleMs, connection.idleLimitMs)) continue;
      this.#drop(connection);
      connection.destroy();
    }
  }

  /** Closes idle connections to addresses that the node's name no longer has. */
  closeMoved(): void {
    this.#sessions?.closeMoved();
    for (const connection of this.#idle.filter(({ isCurrent }) => !isCurrent)) {
      this.#drop(connection);
      connection.destroy();
    }
  }

  closeIdle(): void {
    this.#sessions?.close();
    for (const connection of this.#idle.splice(0)) {
      this.pool.idleConnections--;
      connection.destroy();
    }
  }

  /** The configuration holds it no more: what is in flight goes on. */
  remove(): void {
    this.#isRemoved = true;
    this.closeIdle();
  }

  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  cutAttempts(cause: string): void {
    for (const attempt of [...this.attempts]) attempt.cut(cause);
  }

  /** It closed. If it was idle here, the node closed it: what we close ourselves is dropped before. */
  forget(connection: UpstreamConnection): void {
    if (!this.#drop(connection)) return;
    const nowMs = performance.now();
    this.idleClose.closed(nowMs - connection.idleSinceMs, nowMs);
  }

  #drop(connection: UpstreamConnection): boolean {
    const at = this.#idle.indexOf(connection);
    if (at < 0) return false;
    this.#idle.splice(at, 1);
    this.pool.idleConnections--;
    return true;
  }
}
