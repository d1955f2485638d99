// How many requests one node may be sent over time: a rate or a quota, of which control hands this process its part in lots.
// A request takes from what is in hand; where nothing is, other nodes are asked, or the request waits in the pool's line for the
// moment that control takes to answer.
import type { LeaseLimit } from "#lib/contracts/bus.ts";
import type { NodeQuota, NodeRateLimit } from "#lib/contracts/config.ts";
import type { Spent } from "#lib/core/balance/types.ts";
import { type LeasedLimit, LeasedRate, lotOf } from "#lib/core/lease/leased-rate.ts";
import { levelOf, rateOf, shareOf, waitOf } from "#lib/core/lease/rate.ts";
import type { PotGrant } from "#lib/core/lease/rate-pot.ts";
import { type QuotaSpan, quotaSpan } from "#lib/core/quota.ts";
import type { Leases, LeaseUser } from "../lease/leases.ts";
import type { NodeState } from "./node-state.ts";

/** What was given for a request that has gone elsewhere meanwhile is the next one's for so long; it counts as spent. */
const CREDIT_MS = 250;
/** A node that must pause for so long takes no part meanwhile; shorter pauses are left to each request to find. */
const LONG_MS = 250;
/** Without control a node whose part of a rate is spent is looked at again after so long. */
const ALONE_MS = 1_000;
/** Asked for ahead of need, of a quota: a fiftieth of it over all processes, and no more than this. */
const QUOTA_LOTS = 50;
const MAX_QUOTA_LOT = 100;

class BudgetKey extends LeasedRate {
  readonly name: string;
  readonly #isKept: boolean;

  /** @param isKept whether what is in hand outlives control, which has counted it as used for good */
  constructor(name: string, isKept: boolean, nowMs: number) {
    super(nowMs);
    this.name = name;
    this.#isKept = isKept;
  }

  override lost(): void {
    const { inHand } = this;
    super.lost();
    if (this.#isKept) this.inHand = inHand;
  }
}

abstract class NodeBudget implements LeaseUser {
  readonly resource: string;
  abstract readonly reason: Spent["reason"];
  abstract readonly wire: LeaseLimit;
  abstract readonly limit: LeasedLimit;
  protected key: BudgetKey;
  protected readonly leases: Leases;
  /** Whether there are processes to share it with. */
  protected readonly isShared: boolean;
  protected readonly creditMs: number = CREDIT_MS;
  readonly #node: NodeState;
  #credit = 0;
  #creditUntilMs = 0;
  /** Of the monotonic clock; in the past: it is not spent, as far as is known. */
  #spentUntilMs = 0;
  #toldUntilMs = 0;

  constructor(resource: string, key: BudgetKey, node: NodeState, processes: number, leases: Leases) {
    this.isShared = processes > 1;
    this.resource = resource;
    this.key = key;
    this.#node = node;
    this.leases = leases;
  }

  /** Whether a request may be sent to the node now. Where that is not known, control is asked. */
  admits(): boolean {
    const nowMs = performance.now();
    this.turn();
    if (this.key.inHand > 0 || this.#hasCredit(nowMs)) return true;
    if (nowMs < this.#spentUntilMs) return false;
    const alone = this.admitsAlone(nowMs);
    if (alone !== null) {
      // Control may be there again before that, and have more.
      if (alone > 0) this.#spent(nowMs, this.isShared ? Math.min(alone, ALONE_MS) : alone, alone);
      return alone === 0;
    }
    this.#askForOne();
    return false;
  }

  /** A request goes to the node, which `admits` allowed. */
  take(): void {
    const nowMs = performance.now();
    const { key } = this;
    if (this.#hasCredit(nowMs)) this.#credit--;
    else if (key.inHand === 0) this.takeAlone(nowMs);
    else {
      key.take(this.limit, nowMs);
      this.leases.holds(this, key);
    }
    if (this.isDrawn && key.runsLow(this.limit)) this.leases.ask(this, key, "more");
  }

  /** @param nowMs Unix milliseconds */
  spentAt(nowMs: number): Spent | null {
    if (this.pauseMs === 0) return null;
    const leftMs = this.#toldUntilMs - performance.now();
    return { reason: this.reason, untilMs: nowMs + Math.ceil(this.backInMs(leftMs, nowMs)) };
  }

  /** How long it may be sent none; 0: it may, or that is not known. */
  get pauseMs(): number {
    return Math.max(0, this.#spentUntilMs - performance.now());
  }

  /** Whether control hands out what there is. */
  protected get isDrawn(): boolean {
    return this.leases.isAnswering;
  }
  /** Its span may be over. */
  protected turn(): void {}
  /** Without control: 0: it may go, else how long it must wait; null: only control can say. */
  protected abstract admitsAlone(nowMs: number): number | null;
  protected abstract takeAlone(nowMs: number): void;
  protected backInMs(leftMs: number, _nowMs: number): number {
    return leftMs;
  }

  /** What was given, or said to be spent, is of the span before. */
  protected forget(): void {
    this.#credit = 0;
    this.#spentUntilMs = 0;
  }

  #hasCredit(nowMs: number): boolean {
    if (this.#credit > 0 && nowMs >= this.#creditUntilMs) this.#credit = 0;
    return this.#credit > 0;
  }

  #askForOne(): void {
    const { key } = this;
    if (key.isAsking) return;
    key.waiting = 1;
    this.leases.ask(this, key, "more");
  }

  granted(key: BudgetKey, grant: PotGrant): void {
    if (key !== this.key) return; // Of a span that is over.
    const nowMs = performance.now();
    const { go } = key.granted(this.limit, grant, nowMs);
    key.waiting = 0;
    this.#credit += go;
    if (go > 0) this.#creditUntilMs = nowMs + this.creditMs;
    if (key.inHand > 0) this.leases.holds(this, key);
    if (grant.waitMs > 0 && key.inHand + this.#credit === 0) this.#spent(nowMs, grant.waitMs);
    else this.#serve(this.#credit + key.inHand);
  }

  #serve(count: number): void {
    const { line } = this.#node.pool;
    for (let i = 0; i < count && line.size > 0; i++) line.serveNext();
  }

  /** @param toldMs when there is more, as clients are told */
  #spent(nowMs: number, waitMs: number, toldMs = waitMs): void {
    this.#spentUntilMs = nowMs + waitMs;
    this.#toldUntilMs = nowMs + toldMs;
    const { pool } = this.#node;
    // Later: this may be found out in the middle of a pick.
    queueMicrotask(() => {
      if (waitMs >= LONG_MS) pool.recompute(Date.now());
      else pool.line.serveAll();
    });
  }

  /** Control does not answer. */
  goAlone(key: BudgetKey): void {
    if (key !== this.key) return;
    key.waiting = 0;
    this.#serve(this.#node.pool.line.size);
  }
}

export class NodeRate extends NodeBudget {
  readonly reason = "rate-limited";
  readonly wire: LeaseLimit;
  readonly limit: LeasedLimit;
  constructor({ requests, windowMs, burst }: NodeRateLimit, node: NodeState, processes: number, leases: Leases) {
    super(`node:${node.id}`, new BudgetKey("", false, performance.now()), node, processes, leases);
    const rate = rateOf({ requests, windowMs, burst });
    this.wire = { kind: "rate", requests, windowMs, burst: rate.burst };
    this.limit = { rate, share: shareOf(rate, processes), lot: Math.max(1, lotOf(rate, processes)) };
  }

  protected override get isDrawn(): boolean {
    return this.isShared && this.leases.isAnswering;
  }

  protected admitsAlone(nowMs: number): number | null {
    if (this.isDrawn) return null;
    const { share } = this.limit;
    if (levelOf(share, this.key.fullAtMs, nowMs) > 0) return 0;
    return Math.max(1, Math.ceil(waitOf(share, this.key.fullAtMs, nowMs)));
  }

  protected takeAlone(nowMs: number): void {
    this.key.takeAlone(this.limit, nowMs);
  }
}

export class NodeQuotaLeft extends NodeBudget {
  readonly reason = "quota-spent";
  /** What is given is counted as used for good: it is kept for the next request. */
  protected override readonly creditMs = Number.POSITIVE_INFINITY;
  readonly limit: LeasedLimit;
  readonly #quota: NodeQuota;
  #span: QuotaSpan;

  constructor(quota: NodeQuota, node: NodeState, processes: number, leases: Leases) {
    const span = quotaSpan(quota.per, Date.now());
    super(`quota:${node.id}`, new BudgetKey(String(span.startMs), true, performance.now()), node, processes, leases);
    this.#quota = quota;
    this.#span = span;
    const lot = Math.floor(quota.requests / (QUOTA_LOTS * processes));
    // Nobody may go alone, so there is no share of it.
    const none = { tokenMs: 1, burst: 0 };
    this.limit = { rate: none, share: none, lot: Math.max(1, Math.min(MAX_QUOTA_LOT, lot)) };
  }

  get wire(): LeaseLimit {
    return { kind: "quota", requests: this.#quota.requests, endMs: this.#span.endMs };
  }

  protected override turn(): void {
    const nowMs = Date.now();
    if (nowMs < this.#span.endMs) return;
    this.#span = quotaSpan(this.#quota.per, nowMs);
    this.key = new BudgetKey(String(this.#span.startMs), true, performance.now());
    this.forget();
  }

  protected admitsAlone(): number | null {
    return null;
  }

  protected takeAlone(): void {}

  /** Control is asked again every so often, but what is spent is spent until the span ends. */
  protected override backInMs(_leftMs: number, nowMs: number): number {
    return Math.max(1, this.#span.endMs - nowMs);
  }
}

/** All that bounds what one node is sent over time. */
export class NodeBudgets {
  readonly #budgets: readonly NodeBudget[];

  constructor(budgets: readonly NodeBudget[]) {
    this.#budgets = budgets;
  }

  admits(): boolean {
    for (const budget of this.#budgets) if (!budget.admits()) return false;
    return true;
  }

  take(): void {
    for (const budget of this.#budgets) budget.take();
  }

  /** Which of them is spent now, that of the longest pause. @param nowMs Unix milliseconds */
  spentAt(nowMs: number): Spent | null {
    let longest: Spent | null = null;
    for (const budget of this.#budgets) {
      const spent = budget.spentAt(nowMs);
      if (spent !== null && (longest === null || spent.untilMs > longest.untilMs)) longest = spent;
    }
    return longest;
  }

  /** As of one. */
  get pauseMs(): number {
    return Math.max(...this.#budgets.map(({ pauseMs }) => pauseMs));
  }
}

/** What bounds a node by its configuration; null: nothing does. */
export function budgetsOf(node: NodeState, processes: number, leases: Leases): NodeBudgets | null {
  const { rateLimit, quota } = node.config;
  const budgets: NodeBudget[] = [];
  if (rateLimit !== null) budgets.push(new NodeRate(rateLimit, node, processes, leases));
  if (quota !== null) budgets.push(new NodeQuotaLeft(quota, node, processes, leases));
  return budgets.length > 0 ? new NodeBudgets(budgets) : null;
}
