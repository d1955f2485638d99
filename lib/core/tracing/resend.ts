// What becomes of a batch that was sent (OTLP specification, "OTLP/HTTP Response"): 429, 502, 503 and 504 are tried again,
// as is a connection that failed; anything else that is no success never will be one.
import type { Random } from "../balance/types.ts";
import { retryAfterMs } from "../retry-after.ts";

/** `null`: there was no answer. */
export type Sent = { status: number; retryAfter: string | null } | null;
export type Fate = { is: "done" } | { is: "refused" } | { is: "again"; inMs: number };

const AGAIN = new Set([429, 502, 503, 504]);
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** A collector that asks for more is asked again all the same: its queue is ours meanwhile. */
const LONGEST_ASKED_MS = 300_000;
/** After so many the batch is dropped. */
export const MAX_TRIES = 6;

/** @param tries so far, this one included */
export function fateOf(sent: Sent, tries: number, nowMs: number, random: Random): Fate {
  if (sent !== null && sent.status >= 200 && sent.status < 300) return { is: "done" };
  if (sent !== null && !AGAIN.has(sent.status)) return { is: "refused" };
  if (tries >= MAX_TRIES) return { is: "refused" };
  const askedMs = sent?.retryAfter == null ? null : retryAfterMs(sent.retryAfter, nowMs);
  if (askedMs !== null) return { is: "again", inMs: Math.min(askedMs, LONGEST_ASKED_MS) };
  const backOffMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
  return { is: "again", inMs: backOffMs * (0.5 + 0.5 * random()) };
}
