// After how long a node closes idle connections, learned from when it did: not every node says so in a Keep-Alive field. One
// that is older is not used again, since the node may be closing it just as a request is under way. A node that stops or
// restarts closes connections too, all at once and of any age: so only what was seen twice, at different moments, is believed.

/** Ages that differ by no more are the same limit: nodes look at their connections every so often. */
const SAME_SHARE = 0.2;
/** Closed at one moment. */
const MOMENT_MS = 100;
/** Younger ones were hardly closed for being idle. */
const MIN_AGE_MS = 200;
/** How much before the node we give a connection up: a second, as with what a node tells, or a fifth of a short limit. */
const MARGIN_MS = 1_000;
const MARGIN_SHARE = 0.2;
/** What was learned is tried out anew after this: nodes are configured anew, too. */
const BELIEVED_FOR_MS = 600_000;

export class IdleClose {
  /** From this age on a connection is not used; infinite while nothing is known. */
  limitMs = Number.POSITIVE_INFINITY;
  #untilMs = Number.POSITIVE_INFINITY;
  #seen: { ageMs: number; atMs: number } | null = null;

  /** The node closed a connection that had been idle for `ageMs`. */
  closed(ageMs: number, nowMs: number): void {
    if (ageMs < MIN_AGE_MS) return;
    const before = this.#seen;
    if (before !== null && nowMs - before.atMs < MOMENT_MS) {
      before.ageMs = Math.min(before.ageMs, ageMs);
      return;
    }
    this.#seen = { ageMs, atMs: nowMs };
    if (before === null) return;
    const shorter = Math.min(before.ageMs, ageMs);
    if (Math.abs(before.ageMs - ageMs) > shorter * SAME_SHARE) return;
    this.limitMs = shorter - Math.min(MARGIN_MS, shorter * MARGIN_SHARE);
    this.#untilMs = nowMs + BELIEVED_FOR_MS;
  }

  /** Called every so often. */
  expire(nowMs: number): void {
    if (nowMs >= this.#untilMs) this.forget();
  }

  /** The node is another one now. */
  forget(): void {
    this.limitMs = this.#untilMs = Number.POSITIVE_INFINITY;
    this.#seen = null;
  }
}
