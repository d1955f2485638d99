const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** A process that served this long and dies is an accident, not a crash loop: it is restarted at once. */
export const STABLE_AFTER_MS = 10_000;

/** Wait before a restart after `failures` (0, 1, …) earlier ends in a row: 0, 250, 500, 1000 … 5000 ms, for ever. */
export function restartDelayMs(failures: number): number {
  if (failures === 0) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
}
