// Watches the attempts of one pool that wait for a connection or a first byte. One sweep every few milliseconds while there
// are any, instead of a timer each, finds those that take too long: a second node is asked, and nodes that have gone silent
// come under suspicion.
import { hedgeDelayMs, raceDelayMs, stallAfterMs } from "#lib/core/hedge.ts";
import { LatencyTail } from "#lib/core/latency-tail.ts";
import type { NodeState } from "./node-state.ts";
import { type Pending, PendingList } from "./pending-list.ts";
import type { PoolState } from "./pool-state.ts";

const SWEEP_MS = 5;
/** A sweep that is later than this met a pause of our own: what waited may just not have been read yet. */
const LATE_MS = 15;
/** Weight of the newest connect in the usual time of one. */
const CONNECT_SHARE = 0.1;

export class Watch {
  /** Nodes under suspicion now. */
  suspects = 0;
  readonly #pool: PoolState;
  readonly #connecting = new PendingList();
  readonly #sent = new PendingList();
  readonly #tail = new LatencyTail();
  #usualConnectMs: number | null = null;
  /** When any node last sent an answer. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #isArmed = false;
  #dueMs = 0;
  readonly #sweepNow = () => this.#sweep();

  constructor(pool: PoolState) {
    this.#pool = pool;
  }

  /** How long a first byte is waited for before another node is asked. */
  delayMs(nowMs: number): number {
    const { hedge } = this.#pool.config;
    return hedgeDelayMs(this.#tail.at(hedge.percentile, nowMs), hedge);
  }

  connecting(pending: Pending, nowMs: number): void {
    this.#join(this.#connecting, pending, nowMs);
  }

  /** The request is sent whole: its answer is waited for. */
  sent(pending: Pending, nowMs: number): void {
    this.#join(this.#sent, pending, nowMs);
  }

  #join(list: PendingList, pending: Pending, nowMs: number): void {
    pending.list?.leave(pending);
    pending.waitsSinceMs = nowMs;
    list.join(pending);
    if (!this.#isArmed) this.#arm(nowMs);
  }

  connected(pending: Pending, nowMs: number): void {
    const tookMs = nowMs - pending.waitsSinceMs;
    const usualMs = this.#usualConnectMs ?? tookMs;
    this.#usualConnectMs = usualMs + CONNECT_SHARE * (tookMs - usualMs);
    pending.list?.leave(pending);
  }

  /** The first byte came. */
  answered(pending: Pending, isGood: boolean, nowMs: number): void {
    pending.list?.leave(pending);
    const { node } = pending;
    const tookMs = nowMs - pending.waitsSinceMs;
    if (isGood) this.#tail.record(tookMs, nowMs);
    this.#heardMs = nowMs;
    const inTime = this.suspects === 0 || tookMs < stallAfterMs(this.delayMs(nowMs));
    if (node.suspicion.heard(nowMs, inTime)) this.suspects--;
  }

  /** Whether its node has said nothing to anybody since it was sent, while other nodes have. */
  isSilent({ node, waitsSinceMs }: Pending): boolean {
    return node.suspicion.isSilentSince(waitsSinceMs) && this.#heardMs > waitsSinceMs;
  }

  /** The other copy answered or connected first. */
  lost(pending: Pending, wasConnecting: boolean): void {
    const nowMs = performance.now();
    const lateMs = wasConnecting ? raceDelayMs(this.#usualConnectMs) : this.delayMs(nowMs);
    if (nowMs - pending.waitsSinceMs >= lateMs) this.#stalled(pending, nowMs);
  }

  /** The node is gone, or is another server now. */
  forget(node: NodeState): void {
    if (node.suspicion.clear()) this.suspects--;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  // --- the sweep -----------------------------------------------------------------------------------------------------

  #arm(nowMs: number): void {
    this.#isArmed = true;
    this.#dueMs = nowMs + SWEEP_MS;
    // Reads that are ready come before what `setImmediate` calls: only who still waits after them is late.
    if (this.#timer === null) this.#timer = setTimeout(() => setImmediate(this.#sweepNow), SWEEP_MS).unref();
    else this.#timer.refresh();
  }

  #sweep(): void {
    this.#isArmed = false;
    const nowMs = performance.now();
    if (nowMs - this.#dueMs < LATE_MS) {
      this.#raceConnects(nowMs);
      this.#hedge(nowMs);
    }
    if (this.#connecting.first !== null || this.#sent.first !== null) this.#arm(nowMs);
  }

  #raceConnects(nowMs: number): void {
    const lateMs = raceDelayMs(this.#usualConnectMs);
    const { raceConnects } = this.#pool.config.hedge;
    for (let pending = this.#connecting.first; pending !== null; pending = this.#connecting.first) {
      if (nowMs - pending.waitsSinceMs < lateMs) return;
      this.#connecting.leave(pending);
      if (raceConnects) pending.askAnother();
    }
  }

  #hedge(nowMs: number): void {
    const delayMs = this.delayMs(nowMs);
    const stallMs = stallAfterMs(delayMs);
    let next = this.#sent.first;
    while (next !== null && nowMs - next.waitsSinceMs >= delayMs) {
      const pending = next;
      next = pending.after;
      if (pending.mayBeHedged && this.#maySend(pending)) {
        this.#sent.leave(pending);
        if (pending.askAnother() && !pending.node.suspicion.isSuspect) this.#pool.budget.recordHedge(Date.now());
      } else if (nowMs - pending.waitsSinceMs >= stallMs) {
        this.#sent.leave(pending);
        // With nobody answering, the node is no worse than the others.
        if (this.#heardMs > pending.waitsSinceMs) this.#stalled(pending, nowMs);
      }
      // Another's list, or none: it was answered, or failed, through what was done for this one.
      if (next !== null && next.list !== this.#sent) next = this.#sent.first;
    }
  }

  #maySend({ node }: Pending): boolean {
    const { hedge } = this.#pool.config;
    if (!hedge.enabled) return false;
    return node.suspicion.isSuspect || this.#pool.budget.hasHedgeLeft(hedge, Date.now());
  }

  #stalled(pending: Pending, nowMs: number): void {
    const { node } = pending;
    const { suspectAfter } = this.#pool.config.hedge;
    if (suspectAfter === 0 || node.isRemoved || !node.suspicion.isSilentSince(pending.waitsSinceMs)) return;
    if (node.suspicion.stalled(pending.waitsSinceMs, nowMs, suspectAfter)) {
      this.suspects++;
      this.#rescue(node);
    }
    if (node.suspicion.isSuspect) this.#pool.silent(pending, node.suspicion.silentForMs(nowMs));
  }

  /** What else waits for a node that has come under suspicion is sent elsewhere now, whatever the budget says. */
  #rescue(node: NodeState): void {
    if (!this.#pool.config.hedge.enabled) return;
    for (const attempt of [...node.attempts]) attempt.rescue();
  }
}
