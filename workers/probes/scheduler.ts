// Decides when each node is checked next. A heap holds one entry a node and one timer waits for the earliest, so ten
// thousand nodes cost no more timers than one. At most `maxAtOnce` checks run; who is due meanwhile waits its turn.
// An entry whose node was changed or removed is recognised by its identity and thrown away when it comes up.
import { DueHeap } from "./due-heap.ts";
import type { ProbeResult, ProbeTarget } from "./probe.ts";
import { reasonOf } from "./reasons.ts";

export type ScheduledTarget = ProbeTarget & { readonly nodeId: string; readonly intervalMs: number };
export type SchedulerOptions = {
  probe: (target: ProbeTarget) => Promise<ProbeResult>;
  onResult: (nodeId: string, result: ProbeResult) => void;
  random?: () => number;
  nowMs?: () => number;
  maxAtOnce?: number;
};
export type Scheduler = {
  /** The nodes to check from now on. New ones, and those whose address or check changed, are checked at once. */
  update: (targets: readonly ScheduledTarget[]) => void;
  stop: () => void;
};

/** Two nodes with the same interval drift apart, so that checks do not come in bursts. */
const JITTER_RATIO = 0.1;

/** Starts with no targets. Results of a target that was changed or removed during its check are dropped. */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const schedule = new Schedule(options);
  return { update: (targets) => schedule.update(targets), stop: () => schedule.stop() };
}

class Schedule {
  readonly #options: Required<SchedulerOptions>;
  #heap = new DueHeap<ScheduledTarget>();
  #targets = new Map<string, ScheduledTarget>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = { random: Math.random, nowMs: () => performance.now(), maxAtOnce: 256, ...options };
  }

  update(wanted: readonly ScheduledTarget[]): void {
    const before = this.#targets;
    const atMs = this.#options.nowMs();
    this.#targets = new Map();
    for (const target of wanted) {
      const known = before.get(target.nodeId);
      const isKept = known !== undefined && isSame(known, target);
      this.#targets.set(target.nodeId, isKept ? known : target);
      if (!isKept) this.#heap.push({ atMs, item: target });
    }
    this.#compact();
    this.#work();
  }

  stop(): void {
    this.#targets = new Map();
    clearTimeout(this.#timer);
  }

  #isCurrent(target: ScheduledTarget): boolean {
    return this.#targets.get(target.nodeId) === target;
  }

  /** Entries of changed nodes with long intervals would stay for as long: they are thrown away when they are many. */
  #compact(): void {
    if (this.#heap.size < 2 * this.#targets.size + 1_000) return;
    const old = this.#heap;
    this.#heap = new DueHeap();
    for (const due of old.values()) if (this.#isCurrent(due.item)) this.#heap.push(due);
  }

  /** Starts what is due and may run, and waits for the next. */
  #work(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const next = this.#heap.peek();
      if (!next || this.#running >= this.#options.maxAtOnce) return;
      const nowMs = this.#options.nowMs();
      if (this.#isCurrent(next.item) && next.atMs > nowMs) {
        this.#timer = setTimeout(() => this.#work(), Math.ceil(next.atMs - nowMs));
        return;
      }
      this.#heap.pop();
      if (this.#isCurrent(next.item)) void this.#check(next.item, nowMs);
    }
  }

  async #check(target: ScheduledTarget, startedMs: number): Promise<void> {
    const { probe, onResult, random, nowMs } = this.#options;
    this.#running++;
    const result = await probe(target).catch(unable);
    this.#running--;
    if (this.#isCurrent(target)) {
      const jitter = 1 + JITTER_RATIO * (2 * random() - 1);
      this.#heap.push({ atMs: Math.max(nowMs(), startedMs + target.intervalMs * jitter), item: target });
      onResult(target.nodeId, result);
    }
    this.#work();
  }
}

const unable = (cause: unknown): ProbeResult => ({ passed: false, reason: reasonOf(cause), latencyMs: 0 });

const isSame = (a: ScheduledTarget, b: ScheduledTarget): boolean =>
  a.url === b.url && a.intervalMs === b.intervalMs && JSON.stringify(a.check) === JSON.stringify(b.check);
