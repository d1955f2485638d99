// Requests waiting for a free slot at a node of one pool: a queue for each of the pool's classes, in order of priority, and
// one for the requests of no class. A free slot goes to the highest class that has anybody who can use it, strictly: a
// class that is busy enough starves those below it, whose requests then run into their own time limit (as with HAProxy's
// `set-priority-class`). A share for the lowest would be time that the highest waits.
import { type ConfigPool, DEFAULT_CLASS } from "#lib/contracts/config.ts";
import type { QueueFigures } from "#lib/contracts/metrics.ts";
import { type ClassFinder, type ClassRequest, compileClasses } from "#lib/core/request-class.ts";
import { clockMs } from "../clock.ts";
import { ClassQueue, type Waiting } from "./class-queue.ts";

const MAX_ASKED = 8;

export class WaitingLine {
  /** How many wait, whatever their class. */
  size = 0;
  /** In order of priority; the last is of the requests of no class. */
  #queues: readonly ClassQueue[] = [new ClassQueue(DEFAULT_CLASS)];
  /** Whether each request's class is known before its first pick: its pool counts by class. */
  hasClasses = false;
  /** Null: the pool has no classes. */
  #find: ClassFinder | null = null;

  /** Takes the pool's classes and limits. Who waits goes on waiting; those of a class that is gone, among those of none. */
  configure({ classes, maxQueue, timeouts }: Pick<ConfigPool, "classes" | "maxQueue" | "timeouts">): void {
    const known = new Map(this.#queues.map((queue) => [queue.name, queue]));
    const rest = { name: DEFAULT_CLASS, maxQueue, queueMs: timeouts.queueMs, reservedRatio: 0 };
    let reserved = 0;
    this.#queues = [...classes, rest].map((settings) => {
      const queue = known.get(settings.name) ?? new ClassQueue(settings.name);
      known.delete(settings.name);
      queue.maxQueue = settings.maxQueue;
      queue.queueMs = settings.queueMs;
      queue.withheldRatio = reserved;
      reserved += settings.reservedRatio;
      return queue;
    });
    this.hasClasses = classes.length > 0;
    for (const gone of known.values()) this.#lowest.adopt(gone);
    this.#find = classes.length === 0 ? null : compileClasses(classes);
  }

  get #lowest(): ClassQueue {
    return this.#queues.at(-1) as ClassQueue;
  }

  /** Where a request has to wait. @param className that its route gives it; empty: none */
  queueOf(className: string, request: ClassRequest): ClassQueue {
    if (this.#find === null) return this.#lowest;
    const named = className === "" ? undefined : this.#queues.find(({ name }) => name === className);
    return named ?? (this.#queues[this.#find(request)] as ClassQueue);
  }

  join(waiting: Waiting, queue: ClassQueue): void {
    queue.join(waiting, clockMs());
    this.size++;
  }

  leave(waiting: Waiting): void {
    for (const queue of this.#queues) if (queue.leave(waiting)) this.size--;
  }

  /** A slot is free: the first of the highest class who can use it gets it. @returns whether anybody did */
  serveNext(): boolean {
    for (const queue of this.#queues) {
      if (queue.size === 0) continue;
      let asked = 0;
      for (const waiting of queue.waiting) {
        // Whoever has not tried the node yet can use it: asking a long queue to its end would gain nothing. And one that
        // has not been asked to its end may hold somebody who comes before all lower classes.
        if (asked++ === MAX_ASKED) return false;
        if (!waiting.tryAgain()) continue;
        if (queue.leave(waiting)) this.size--;
        return true;
      }
    }
    return false;
  }

  /** Something changed for everybody. */
  serveAll(): void {
    for (const queue of this.#queues)
      for (const waiting of [...queue.waiting])
        if (queue.has(waiting) && waiting.tryAgain() && queue.leave(waiting)) this.size--;
  }

  /** Since the last call, of the queues that have anything to tell. */
  takeFigures(): QueueFigures[] {
    const nowMs = clockMs();
    return this.#queues.flatMap((queue) => queue.takeFigures(nowMs) ?? []);
  }
}
