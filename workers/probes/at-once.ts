// How many checks may be under way at once. Hung nodes keep theirs for as long as their time-out: a thousand of ten thousand,
// checked every 5 s with 3 s to answer, are six hundred at once, and the others must not wait for them.
import { readFileSync } from "node:fs";

const MOST_AT_ONCE = 2_048;
/** The other half is for proxies, PostgreSQL, files, and sockets that are being closed. */
const SHARE_OF_DESCRIPTORS = 0.5;
/** Where the limit cannot be read: what Linux gives unless told otherwise. */
const USUAL_LIMIT = 1_024;

/** Checks at once that `limits`, the text of Linux's /proc/<pid>/limits, leaves room for. */
export function checksAtOnce(limits: string): number {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? [];
  const descriptors = soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft ?? USUAL_LIMIT);
  return Math.max(16, Math.min(MOST_AT_ONCE, Math.floor(descriptors * SHARE_OF_DESCRIPTORS)));
}

/** For this process. Node has raised its limit as far as it may by now. */
export function checksAtOnceHere(): number {
  try {
    return checksAtOnce(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return checksAtOnce("");
  }
}
