// Decides when each node is checked next. A heap holds one entry a node and one timer waits for the earliest, so ten
// thousand nodes cost no more timers than one. At most `maxAtOnce` checks run; who is due meanwhile waits its turn. A node
// is never checked twice at once. Nodes that are all due together (a start, a wake-up after sleep) are spread.
import { checkDetail } from "#lib/contracts/check-detail.ts";
import type { CheckLevel } from "#lib/contracts/config.ts";
import type { LevelVerdict } from "#lib/core/health.ts";
import { dueAfter, levelsDue, startSpacingMs } from "#lib/core/health-schedule.ts";
import { DueHeap } from "./due-heap.ts";
import { reasonOf } from "./reasons.ts";
import { isSameTarget, type ProbeTarget } from "./target.ts";

export type SchedulerOptions = {
  probe: (target: ProbeTarget, levels: readonly CheckLevel[]) => Promise<LevelVerdict[]>;
  /** Takes what a check found. @returns what each level's interval is to be multiplied by until its next check. */
  onResult: (nodeId: string, verdicts: readonly LevelVerdict[]) => (level: CheckLevel) => number;
  random?: () => number;
  nowMs?: () => number;
  maxAtOnce?: number;
};
export type Scheduler = {
  /** The nodes to check from now on. New ones, and those whose address or check changed, are checked at once. */
  update: (targets: readonly ProbeTarget[]) => void;
  /** Checks all levels of a node now, or right after the check that is under way; null when it is not among the targets. */
  checkNow: (nodeId: string) => Promise<LevelVerdict[]> | null;
  stop: () => void;
};

/** Checks that fall due within this time begin together: thousands a second would each wake the process for itself. */
const TOGETHER_MS = 5;
/** A timer this late was held up by sleep or a stopped process, not by work. */
const WAKE_UP_MS = 1_000;

/** Starts with no targets. Results of a target that was changed or removed during its check are dropped. */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const schedule = new Schedule(options);
  return {
    update: (targets) => schedule.update(targets),
    checkNow: (nodeId) => schedule.checkNow(nodeId),
    stop: () => schedule.stop(),
  };
}

type Entry = {
  readonly target: ProbeTarget;
  due: ReadonlyMap<CheckLevel, number>;
  /** When the earliest level is due. A place in the heap with another time is an old one. */
  nextMs: number;
  /** The check under way. */
  running: Promise<LevelVerdict[]> | null;
};

class Schedule {
  readonly #options: Required<SchedulerOptions>;
  #heap = new DueHeap<Entry>();
  #entries = new Map<string, Entry>();
  /** Whose check is under way, also while they are no longer wanted or have become another entry. */
  readonly #checking = new Map<string, Entry>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = { random: Math.random, nowMs: () => performance.now(), maxAtOnce: 256, ...options };
  }

  update(wanted: readonly ProbeTarget[]): void {
    const before = this.#entries;
    this.#entries = new Map();
    const fresh: Entry[] = [];
    for (const target of wanted) {
      const known = before.get(target.nodeId);
      const isKept = known !== undefined && isSameTarget(known.target, target);
      const entry: Entry = isKept ? known : { target, due: new Map(), nextMs: 0, running: null };
      this.#entries.set(target.nodeId, entry);
      if (isKept) continue;
      const busy = this.#checking.get(target.nodeId);
      if (busy?.running && busy.target.url === target.url) this.#waitFor(busy.running, entry);
      else fresh.push(entry);
    }
    this.#spread(fresh);
    this.#compact();
    this.#work();
  }

  checkNow(nodeId: string): Promise<LevelVerdict[]> | null {
    const entry = this.#entries.get(nodeId);
    if (!entry) return null;
    // Who is the node's entry may be another one by then.
    return entry.running ? entry.running.then((last) => this.checkNow(nodeId) ?? last) : this.#check(entry, true);
  }

  stop(): void {
    this.#entries = new Map();
    clearTimeout(this.#timer);
  }

  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entry.target.nodeId) === entry;
  }

  /** The same server is being checked by its old settings: the new ones come after that. */
  #waitFor(running: Promise<LevelVerdict[]>, entry: Entry): void {
    entry.running = running;
    void running.then(() => {
      entry.running = null;
      this.#place(entry, this.#options.nowMs());
      this.#work();
    });
  }

  /** Makes all of them due, no two at the same moment. */
  #spread(entries: readonly Entry[]): void {
    const shortestMs = Math.min(...entries.flatMap(({ target }) => target.plan.levels.map((one) => one.intervalMs)));
    const spacingMs = startSpacingMs(entries.length, shortestMs);
    const nowMs = this.#options.nowMs();
    for (const [place, entry] of entries.entries()) this.#place(entry, nowMs + place * spacingMs);
  }

  #place(entry: Entry, atMs: number): void {
    entry.nextMs = atMs;
    this.#heap.push({ atMs, item: entry });
  }

  /** Places of changed nodes with long intervals would stay for as long: they are thrown away when they are many. */
  #compact(): void {
    if (this.#heap.size < 2 * this.#entries.size + 1_000) return;
    const old = this.#heap;
    this.#heap = new DueHeap();
    for (const due of old.values()) if (this.#isCurrent(due.item) && due.atMs === due.item.nextMs) this.#heap.push(due);
  }

  /** Starts what is due and may run, and waits for the next. */
  #work(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const next = this.#heap.peek();
      if (!next || this.#running >= this.#options.maxAtOnce) return;
      const entry = next.item;
      const isLive = this.#isCurrent(entry) && next.atMs === entry.nextMs && !entry.running;
      const nowMs = this.#options.nowMs();
      if (isLive && next.atMs > nowMs) {
        this.#wait(next.atMs);
        return;
      }
      this.#heap.pop();
      if (isLive) void this.#check(entry, false);
    }
  }

  #wait(untilMs: number): void {
    const { nowMs } = this.#options;
    this.#timer = setTimeout(
      () => {
        if (nowMs() - untilMs > WAKE_UP_MS) this.#wakeUp(nowMs());
        this.#work();
      },
      Math.max(TOGETHER_MS, Math.ceil(untilMs - nowMs())),
    );
  }

  /** What fell due while nothing ran is not made up for at once. */
  #wakeUp(nowMs: number): void {
    const late = [...this.#entries.values()].filter((entry) => !entry.running && entry.nextMs <= nowMs);
    this.#spread(late);
  }

  async #check(entry: Entry, all: boolean): Promise<LevelVerdict[]> {
    const { target } = entry;
    const { levels: plan, settings } = target.plan;
    const startedMs = this.#options.nowMs();
    const levels = all ? plan.map(({ level }) => level) : levelsDue(plan, entry.due, startedMs);
    this.#running++;
    entry.running = this.#options
      .probe(target, levels)
      .catch((cause): LevelVerdict[] => levels.map((level) => unable(level, cause)));
    this.#checking.set(target.nodeId, entry);
    const verdicts = await entry.running;
    if (this.#checking.get(target.nodeId) === entry) this.#checking.delete(target.nodeId);
    this.#running--;
    entry.running = null;
    if (this.#isCurrent(entry)) {
      const factorOf = this.#options.onResult(target.nodeId, verdicts);
      const span = { startedMs, endedMs: this.#options.nowMs() };
      const jitter = { jitterRatio: settings.jitterRatio, random: this.#options.random() };
      entry.due = dueAfter(plan, entry.due, levels, span, factorOf, jitter);
      this.#place(entry, Math.min(...entry.due.values()));
    }
    this.#work();
    return verdicts;
  }
}

const unable = (level: CheckLevel, cause: unknown): LevelVerdict => ({
  ...{ level, ok: false, reason: reasonOf(cause), latencyMs: 0 },
  detail: checkDetail("check-impossible"),
});
