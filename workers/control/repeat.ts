import { changeLog, type Log } from "./log.ts";

export type Repeating = {
  /** Runs now, or once more right after the present run: what changed meanwhile is seen. Resolves after that run. */
  kick: () => Promise<void>;
  /** Stops; resolves when the present run is over. */
  stop: () => Promise<void>;
};

/**
 * Runs `task` every `everyMs` and whenever kicked, never twice at once, for ever: a failure is logged once per change
 * and the next run comes anyway.
 */
export function repeat(what: string, everyMs: number, log: Log, task: () => Promise<void>): Repeating {
  const faults = changeLog(log, what);
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const run = async () => {
    clearTimeout(timer);
    try {
      // Whoever kicks often says several things in a row: they become one run.
      await Promise.resolve();
      await task();
      faults.worked();
    } catch (cause) {
      faults.failed(cause);
    }
    running = undefined;
    if (!stopped) timer = setTimeout(kick, everyMs);
  };
  const kick = (): Promise<void> => {
    if (stopped) return running ?? Promise.resolve();
    if (!running) {
      running = run();
      return running;
    }
    next ??= running.then(() => {
      next = undefined;
      return kick();
    });
    return next;
  };
  timer = setTimeout(kick, everyMs);
  return {
    kick,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
