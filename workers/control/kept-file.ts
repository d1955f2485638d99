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

/** Keeps a file in step with `content` (null: nothing to write yet); changes within `debounceMs` become one write. */
export function keepFile(file: string, log: Log, debounceMs: number, content: () => unknown): KeptFile {
  let stale = false;
  let timer: NodeJS.Timeout | undefined;
  const writing = repeat(`writing ${file}`, 1_000, log, async () => {
    const value = stale ? content() : null;
    if (value === null) return;
    stale = false;
    try {
      await writeAtomically(file, JSON.stringify(value));
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
  return {
    touch: () => {
      stale = true;
      timer ??= setTimeout(flush, debounceMs);
    },
    flush,
    stop: async () => {
      await flush();
      await writing.stop();
    },
  };
}
