import { writeAtomically } from "./disk.ts";
import type { Log } from "./log.ts";
import { repeat } from "./repeat.ts";

export type KeptFile = {
  /** The file is out of date: it is written soon. */
  touch: () => void;
  /** Writes now what is out of date. */
  flush: () => Promise<void>;
  stop: () => Promise<void>;
};

/** Putting the content into words takes no more than this share of the time, however much of it there is. */
const MAX_SHARE = 0.05;

/**
 * Keeps a file in step with `content` (null: nothing to write yet). Changes within `debounceMs` become one write, or within
 * longer where there is much to write.
 * @param refreshMs also without a change it is written this often, for what ages in it; 0: it is not
 */
export function keepFile(
  file: string,
  log: Log,
  debounceMs: number,
  content: () => unknown,
  refreshMs: number = 0,
): KeptFile {
  let stale = false;
  let timer: NodeJS.Timeout | undefined;
  let wordingMs = 0;
  const writing = repeat(`writing ${file}`, 1_000, log, async () => {
    const value = stale ? content() : null;
    if (value === null) return;
    stale = false;
    const startedMs = performance.now();
    const text = JSON.stringify(value);
    wordingMs = performance.now() - startedMs;
    try {
      await writeAtomically(file, text);
    } catch (cause) {
      stale = true;
      throw cause;
    }
  });
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    return writing.kick();
  };
  const touch = () => {
    stale = true;
    timer ??= setTimeout(flush, Math.max(debounceMs, wordingMs / MAX_SHARE));
  };
  const refreshing = refreshMs > 0 ? setInterval(touch, refreshMs) : undefined;
  return {
    touch,
    flush,
    stop: async () => {
      clearInterval(refreshing);
      await flush();
      await writing.stop();
    },
  };
}
