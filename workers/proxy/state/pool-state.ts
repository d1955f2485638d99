// What one process knows of one pool: its nodes, who of them takes part with which weight, and who waits for a slot.
import type { ConfigPool } from "#lib/contracts/config.ts";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import { recordLatency } from "#lib/core/balance/latency.ts";
import type { Outcome } from "#lib/core/classify.ts";
import { RetryBudget } from "#lib/core/retry.ts";
import type { Names } from "#workers/names/names.ts";
import { wallMs } from "../clock.ts";
import { requestHash } from "../exchange/hash-key.ts";
import { originOf } from "../http/forwarding.ts";
import type { RequestHead } from "../http/request-head.ts";
import { SpanCounts } from "../recorder.ts";
import { makeSessions, type Sessions } from "../sticky/make-sessions.ts";
import { adaptiveNow, attemptEnded } from "./adaptive.ts";
import { Comparison } from "./comparison.ts";
import { nextChangeInMs } from "./next-change.ts";
import { budgetsOf, type NodeBudgets } from "./node-budget.ts";
import { slotsNow } from "./node-slots.ts";
import { NodeState } from "./node-state.ts";
import type { PoolShell } from "./pool-shell.ts";
import { hasFullNode, Selection } from "./selection.ts";
import { WaitingLine } from "./waiting-line.ts";
import { Watch } from "./watch.ts";

export class PoolState {
  config: ConfigPool;
  nodes: NodeState[] = [];
  /** Null: requests stick to no node. */
  sessions: Sessions | null = null;
  readonly counts = new SpanCounts();
  readonly budget = new RetryBudget();
  readonly line = new WaitingLine();
  readonly watch = new Watch(this);
  readonly comparison: Comparison;
  /** Requests that this pool is busy with, waiting ones included. */
  active = 0;
  idleConnections = 0;
  /** Nodes that are ejected now. */
  ejected = 0;
  mode: "normal" | "panic" | "none" = "none";
  readonly #selection: Selection;
  #timer: NodeJS.Timeout | undefined;
  readonly #shell: PoolShell;

  constructor(config: ConfigPool, shell: PoolShell, nowMs: number) {
    this.config = config;
    this.#shell = shell;
    this.#selection = new Selection(config.algorithm, shell.random);
    this.comparison = new Comparison(this, nowMs);
    this.configure(config, nowMs);
  }

  /** Takes a new configuration; nodes that stay keep all they have. */
  configure(config: ConfigPool, nowMs: number): void {
    this.config = config;
    this.line.configure(config);
    const known = new Map(this.nodes.map((node) => [node.id, node]));
    const joins = known.size > 0;
    this.nodes = config.nodes.map((nodeConfig) => {
      const node = known.get(nodeConfig.id);
      if (!node) return new NodeState(nodeConfig, this, nowMs, joins);
      known.delete(nodeConfig.id);
      node.configure(nodeConfig, nowMs);
      return node;
    });
    for (const gone of known.values()) {
      this.watch.forget(gone);
      gone.remove();
    }
    this.#selection.configure(config.algorithm);
    this.sessions = makeSessions(this, this.#shell);
    this.recompute(nowMs);
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
    return this.nodes.length;
  }

  /** Decides anew who takes part. Called on changes and when time alone makes one, never per request. */
  recompute(nowMs: number): void {
    for (const node of this.nodes) {
      node.breakerGate.advance(nowMs);
      node.ejectionGate.advance(nowMs);
      node.coolingGate.advance(nowMs);
      node.adaptive = adaptiveNow(node, this.#shell, nowMs);
      node.slots = slotsNow(node, this.#shell.slots, nowMs);
      node.enforceDrain(nowMs);
    }
    this.ejected = this.nodes.filter((node) => node.ejection.state === "ejected").length;
    const eligibility = decideEligibility(this.config, this.nodes, nowMs, this.#shell.zone);
    this.mode = eligibility.mode;
    for (const [i, { reason, effectiveWeight, share }] of eligibility.nodes.entries())
      Object.assign(this.nodes[i] as NodeState, { reason, effectiveWeight, share });
    this.#selection.update(eligibility.tiers, this.nodes, (i) => eligibility.nodes[i]?.tier ?? -1);
    // Whatever changed them: traffic, a passed check, or time alone.
    const news = this.nodes.filter((node) => node.takePassiveNews()).map((node) => node.passiveFacts);
    if (news.length > 0) this.#shell.tellSiblings(news);
    this.#schedule(eligibility.nextChangeMs, nowMs);
    if (this.line.size > 0) queueMicrotask(() => this.line.serveAll());
  }

  #schedule(nextChangeMs: number | null, nowMs: number): void {
    clearTimeout(this.#timer);
    const inMs = nextChangeInMs(this.nodes, nextChangeMs, nowMs);
    if (inMs === null) return;
    this.#timer = setTimeout(() => this.recompute(Date.now()), inMs);
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

  exchangeStarted(nowMs: number): void {
    this.active++;
    this.budget.recordRequest(nowMs);
  }

  exchangeDone(status: number, failed: boolean, latencyMs: number, bytesOut: number): void {
    this.active--;
    this.counts.bytesOut += bytesOut;
    this.counts.record(status, failed, latencyMs);
  }

  /** The client left. */
  exchangeAborted(bytesOut: number): void {
    this.active--;
    this.counts.bytesOut += bytesOut;
    this.counts.recordAborted();
  }

  /** More, or fewer, requests than before may be in flight at a node. */
  limitChanged(node: NodeState): void {
    node.slots = slotsNow(node, this.#shell.slots, Date.now());
  }

  attemptStarted(node: NodeState): void {
    if (node.budgets !== null) node.budgets.take();
    this.#occupied(node);
  }

  #occupied(node: NodeState): void {
    node.inFlight++;
    if (node.slots !== null) node.slots.started();
    this.#selection.loadChanged(node);
  }

  /** A tunnel counts as in flight, as long as it lasts. */
  tunnelOpened(node: NodeState): void {
    this.active++;
    this.#occupied(node);
  }
  tunnelClosed(node: NodeState): void {
    this.active--;
    node.inFlight--;
    this.#freed(node);
  }

  /** Settles one attempt: load, latency, breaker and ejection. Must be called once for each `attemptStarted`. */
  attemptSettled(node: NodeState, permit: number, outcome: Outcome, startedMs: number, latencyMs: number): void {
    node.inFlight--;
    if (outcome.counts === "neither") {
      node.breakerGate.abort(permit);
      if (outcome.kind === "superseded") node.counts.recordOvertaken(latencyMs);
      else if (outcome.kind === "client-abort") node.counts.recordAborted();
      else node.counts.record(outcome.status ?? 0, outcome.status === null, latencyMs);
    } else {
      const failed = outcome.counts === "failure";
      const nowMs = wallMs();
      recordLatency(node, latencyMs, failed, nowMs);
      node.counts.record(outcome.status ?? 0, failed, latencyMs);
      this.#observe(node, permit, failed, outcome.cause, startedMs, nowMs, latencyMs);
    }
    const hasMoreRoom = node.adaptive !== null && attemptEnded(node, outcome, startedMs, latencyMs, wallMs());
    this.#freed(node);
    if (hasMoreRoom) while (this.line.size > 0 && this.line.serveNext());
  }

  #freed(node: NodeState): void {
    if (node.slots !== null) node.slots.settled();
    this.#selection.loadChanged(node);
    if (this.line.size > 0) this.line.serveNext();
  }

  #observe(
    node: NodeState,
    permit: number,
    failed: boolean,
    cause: string,
    startedMs: number,
    nowMs: number,
    latencyMs: number,
  ): void {
    node.sweep.requests++;
    if (failed) node.sweep.failures++;
    const breakerFlip = node.breakerGate.record(permit, failed, cause, nowMs, latencyMs);
    const ejectionFlip = node.ejectionGate.record(failed, cause, startedMs, nowMs, this);
    if (breakerFlip !== null || ejectionFlip !== null) this.recompute(nowMs);
  }

  /** A suspect said nothing for `silentForMs`, while others answered. */
  silent(node: NodeState, silentForMs: number): void {
    const nowMs = Date.now();
    if (node.ejectionGate.silent(silentForMs, nowMs, this) !== null) this.recompute(nowMs);
  }

  everySecond(idleNowMs: number, nowMs: number): void {
    for (const node of this.nodes) node.connections.expireIdle(idleNowMs);
    this.comparison.advance(nowMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.watch.close();
    this.line.serveAll();
    for (const node of this.nodes) node.remove();
  }
}
