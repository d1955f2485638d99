// What one process knows of one pool: its nodes, who of them takes part with which weight, and who waits for a slot.
import type { Trip } from "#lib/contracts/bus.ts";
import type { ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import { recordLatency } from "#lib/core/balance/latency.ts";
import type { Outcome } from "#lib/core/classify.ts";
import { RetryBudget } from "#lib/core/retry.ts";
import type { Names } from "#workers/names/names.ts";
import { wallMs } from "../clock.ts";
import { requestHash } from "../exchange/hash-key.ts";
import { originOf } from "../http/forwarding.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { SpanCounts } from "../recorder.ts";
import { makeSessions, type Sessions } from "../sticky/make-sessions.ts";
import { attemptEnded } from "./adaptive.ts";
import { Comparison } from "./comparison.ts";
import { type Flow, Flows } from "./flows.ts";
import { budgetsOf, type NodeBudgets } from "./node-budget.ts";
import { slotsNow } from "./node-slots.ts";
import { NodeState } from "./node-state.ts";
import { Participation } from "./participation.ts";
import type { PoolShell } from "./pool-shell.ts";
import { hasFullNode, Selection } from "./selection.ts";
import { type Settled, tripsOf } from "./trips.ts";
import { joinTwin } from "./twin.ts";
import { WaitingLine } from "./waiting-line.ts";
import { Watch } from "./watch.ts";

/**
 * While a canary runs each pool has a second one of these, its twin, as the canary's clients are to be served: with nodes,
 * weights, algorithm, time limits and sessions of its own. All that is known of nodes, what is measured, and the line are
 * those of its `base`, whose settings they go by.
 */
export class PoolState {
  config: ConfigPool;
  nodes: NodeState[] = [];
  /** Besides those, the ones that only the canary's clients get. */
  allNodes: NodeState[] = [];
  /** Null: requests stick to no node. */
  sessions: Sessions | null = null;
  readonly base: PoolState | null;
  /** Of the canary that runs; null: none does. */
  twin: PoolState | null = null;
  /** What the clients of this arm met; null: no canary runs. */
  tally: SpanCounts | null = null;
  readonly flows: Flows;
  readonly budget: RetryBudget;
  readonly line: WaitingLine;
  readonly watch: Watch;
  readonly comparison: Comparison;
  /** Requests that this pool is busy with, waiting ones included. */
  active = 0;
  idleConnections = 0;
  /** Nodes that are ejected now. */
  ejected = 0;
  mode: "normal" | "panic" | "none" = "none";
  readonly #selection: Selection;
  readonly #participation: Participation;
  readonly #shell: PoolShell;

  /** @param base null: it is one itself @param canaryNodes as of `configure` */
  constructor(
    config: ConfigPool,
    shell: PoolShell,
    nowMs: number,
    base: PoolState | null = null,
    canaryNodes: readonly ConfigNode[] = [],
  ) {
    this.config = config;
    this.#shell = shell;
    this.base = base;
    this.flows = base?.flows ?? new Flows(config.id);
    this.budget = base?.budget ?? new RetryBudget();
    this.line = base?.line ?? new WaitingLine();
    this.watch = base?.watch ?? new Watch(this);
    this.comparison = base?.comparison ?? new Comparison(this, nowMs);
    this.#selection = new Selection(config.algorithm, shell.random);
    this.#participation = new Participation(this, this.#selection, shell);
    if (base === null) this.configure(config, nowMs, canaryNodes);
    else this.#beTwin(base, nowMs);
  }

  /** Takes a new configuration; nodes that stay keep all they have. @param canaryNodes that only the canary has */
  configure(config: ConfigPool, nowMs: number, canaryNodes: readonly ConfigNode[] = []): void {
    this.config = config;
    this.line.configure(config);
    const known = new Map(this.allNodes.map((node) => [node.id, node]));
    const joins = known.size > 0;
    this.allNodes = [...config.nodes, ...canaryNodes].map((nodeConfig) => {
      const node = known.get(nodeConfig.id);
      if (!node) return new NodeState(nodeConfig, this, nowMs, joins);
      known.delete(nodeConfig.id);
      node.configure(nodeConfig, nowMs);
      return node;
    });
    this.nodes = this.allNodes.slice(0, config.nodes.length);
    for (const gone of known.values()) {
      this.watch.forget(gone);
      gone.remove();
    }
    this.#selection.configure(config.algorithm);
    this.sessions = makeSessions(this, this.#shell);
    this.recompute(nowMs);
  }

  #beTwin(base: PoolState, nowMs: number): void {
    this.nodes = joinTwin(this, base, nowMs);
    // What was learned of sessions is known to both.
    this.sessions = base.sessions;
    this.sessions = makeSessions(this, this.#shell);
    base.recompute(nowMs);
  }

  /** Of the worker. */
  get processes(): number {
    return this.#shell.slots.processes;
  }

  budgetsOf(node: NodeState): NodeBudgets | null {
    return budgetsOf(node, this.processes, this.#shell.leases);
  }

  get names(): Names {
    return this.#shell.names;
  }

  /** What a request is balanced by, where that is a hash. */
  hashOf(head: RequestHead, clientAddress: string): number {
    const { algorithm, hashKey } = this.config;
    return algorithm === "consistent-hash" ? requestHash(hashKey, head, clientAddress) : 0;
  }

  /** Where a request came from; null: from its peer, and there is no more to tell. */
  originOf(head: RequestHead, { address, connectionFields }: { address: string; connectionFields: string }) {
    const rules = this.#shell.forwarding;
    return rules && originOf(head, address, connectionFields, rules);
  }

  get size(): number {
    return this.allNodes.length;
  }

  /** Decides anew who takes part. Called on changes and when time alone makes one, never per request. */
  recompute(nowMs: number, trips: readonly Trip[] = []): void {
    if (this.base === null) this.#participation.recompute(nowMs, trips);
    else this.base.recompute(nowMs, trips);
  }

  /** As one of two arms. @returns when time alone will change it, Unix milliseconds; null: never */
  decide(nowMs: number): number | null {
    return this.#participation.decide(nowMs);
  }

  /**
   * A node that may be tried now; null when there is none.
   * @param isSafe whether the request may try out a suspect @param withheld share of a node's slots that is kept from it
   */
  pick(nowMs: number, hash: number, tried: readonly NodeState[], isSafe: boolean, withheld = 0): NodeState | null {
    return this.watch.suspects === 0
      ? this.#selection.pick(nowMs, hash, tried, withheld)
      : this.#selection.pickAmongSuspects(nowMs, hash, tried, isSafe, withheld);
  }

  /** A node to ask besides one that has been asked; null when there is none worth it. @param isLost as of `Selection` */
  pickOther(
    nowMs: number,
    hash: number,
    tried: readonly NodeState[],
    isLost: boolean,
    withheld: number,
  ): NodeState | null {
    return this.#selection.pickOther(nowMs, hash, tried, isLost, withheld);
  }

  /** Whether some node would do if only it had a free slot. Those that would ask for one. */
  hasFullNode(tried: readonly NodeState[], withheld: number): boolean {
    return hasFullNode(this.nodes, tried, withheld);
  }

  exchangeStarted(flow: Flow, nowMs: number): void {
    this.#activeMoved(flow, 1);
    this.budget.recordRequest(nowMs);
  }

  #activeMoved(flow: Flow, by: 1 | -1): void {
    flow.inFlight += by;
    if (this.base === null) this.active += by;
    else this.base.active += by;
  }

  exchangeDone(flow: Flow, status: number, failed: boolean, latencyMs: number, bytesOut: number, cause: string): void {
    this.#activeMoved(flow, -1);
    flow.bytesOut += bytesOut;
    flow.record(status, failed, latencyMs, cause);
    if (this.tally !== null) this.tally.record(status, failed, latencyMs);
  }

  /** The client left. */
  exchangeAborted(flow: Flow, bytesOut: number): void {
    this.#activeMoved(flow, -1);
    flow.bytesOut += bytesOut;
    flow.recordAborted();
    if (this.tally !== null) this.tally.recordAborted();
  }

  /** More, or fewer, requests than before may be in flight at a node. */
  limitChanged(node: NodeState): void {
    node.slots = slotsNow(node, this.#shell.slots, Date.now());
    node.twin?.follow();
  }

  attemptStarted(node: NodeState): void {
    if (node.budgets !== null) node.budgets.take();
    this.#occupied(node);
  }

  #occupied(node: NodeState): void {
    node.loadMoved(1);
    if (node.slots !== null) node.slots.started();
    this.#selection.loadChanged(node);
  }

  /** The other arm sent a request to the node, or got its answer. */
  loadChanged(node: NodeState): void {
    this.#selection.loadChanged(node);
  }

  /** A tunnel counts as in flight, as long as it lasts. */
  tunnelOpened(node: NodeState, flow: Flow): void {
    this.#activeMoved(flow, 1);
    this.#occupied(node);
  }
  tunnelClosed(node: NodeState, flow: Flow): void {
    this.#activeMoved(flow, -1);
    node.loadMoved(-1);
    this.#freed(node);
  }

  /** Settles one attempt: load, latency, breaker and ejection. Must be called once for each `attemptStarted`. */
  attemptSettled(attempt: Settled, outcome: Outcome, latencyMs: number): void {
    const { node, permit, startedAtMs } = attempt;
    node.loadMoved(-1);
    if (outcome.kind === "connect-fault") {
      node.connections.counts.failed++;
      attempt.flow.connections.failed++;
    }
    if (outcome.counts === "neither") {
      node.breakerGate.abort(permit);
      if (outcome.kind === "superseded") node.counts.recordOvertaken(latencyMs);
      else if (outcome.kind === "client-abort") node.counts.recordAborted();
      else node.counts.recordAttempt(outcome, outcome.status === null, latencyMs);
    } else {
      const failed = outcome.counts === "failure";
      const nowMs = wallMs();
      recordLatency(node, latencyMs, failed, nowMs);
      node.latencyRecorded();
      node.counts.recordAttempt(outcome, failed, latencyMs);
      this.#observe(attempt, failed, outcome.cause, nowMs, latencyMs);
    }
    const hasMoreRoom = node.adaptive !== null && attemptEnded(node, outcome, startedAtMs, latencyMs, wallMs());
    this.#freed(node);
    if (hasMoreRoom) while (this.line.size > 0 && this.line.serveNext());
  }

  #freed(node: NodeState): void {
    if (node.slots !== null) node.slots.settled();
    this.#selection.loadChanged(node);
    if (this.line.size > 0) this.line.serveNext();
  }

  #observe(attempt: Settled, failed: boolean, cause: string, nowMs: number, latencyMs: number): void {
    const { node, permit, startedAtMs } = attempt;
    node.sweep.requests++;
    if (failed) node.sweep.failures++;
    const breakerFlip = node.breakerGate.record(permit, failed, cause, nowMs, latencyMs);
    const ejectionFlip = node.ejectionGate.record(failed, cause, startedAtMs, nowMs, this.base ?? this);
    if (breakerFlip !== null || ejectionFlip !== null)
      this.recompute(nowMs, tripsOf(attempt, breakerFlip, ejectionFlip));
  }

  /** A suspect said nothing for `silentForMs`, while others answered. */
  silent(attempt: Pick<Settled, "node" | "flow">, silentForMs: number): void {
    const nowMs = Date.now();
    const flip = attempt.node.ejectionGate.silent(silentForMs, nowMs, this);
    if (flip !== null) this.recompute(nowMs, tripsOf(attempt, null, flip));
  }

  everySecond(idleNowMs: number, nowMs: number): void {
    for (const node of this.allNodes) node.connections.expireIdle(idleNowMs);
    this.comparison.advance(nowMs);
  }

  close(): void {
    this.#participation.close();
    this.watch.close();
    this.line.serveAll();
    for (const node of this.allNodes) node.remove();
  }
}
