// Gathers the frames of one second: several workers write theirs at slightly different times, and a second is told once,
// when every live worker has written it, or when waiting longer would make it old.
export const GATHER_MS = 250;

export type Gathering = {
  /** A worker wrote its frame of the second that ended at `atMs`. */
  noted: (workerId: string, atMs: number) => void;
  stop: () => void;
};

/**
 * @param expected how many workers are believed to write frames.
 * @param tell is called once for each second, and again for a frame that comes later than that.
 */
export function gatherSeconds(expected: () => number, tell: (atMs: number) => void): Gathering {
  const open = new Map<number, { workers: Set<string>; timer: NodeJS.Timeout }>();
  const finish = (atMs: number) => {
    clearTimeout(open.get(atMs)?.timer);
    open.delete(atMs);
    tell(atMs);
  };
  return {
    noted: (workerId, atMs) => {
      const second = open.get(atMs) ?? { workers: new Set(), timer: setTimeout(finish, GATHER_MS, atMs) };
      open.set(atMs, second);
      second.workers.add(workerId);
      if (second.workers.size >= expected()) finish(atMs);
    },
    stop: () => {
      for (const { timer } of open.values()) clearTimeout(timer);
      open.clear();
    },
  };
}
