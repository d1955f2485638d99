// Passive suspicion of one node in one process: some requests in a row stalled, and the node said nothing at all meanwhile,
// while its siblings answered. A suspect gets no requests but a trial now and then, until it answers one in time. Quicker
// than any failure, which a node that hangs never shows; it says less, so it never takes out a pool's last node.
// Times are of one monotonic clock.

/** Between two trials of a suspect; doubles with each trial up to the most. */
const FIRST_TRIAL_MS = 250;
const MAX_TRIAL_MS = 1_000;

export type SuspicionState =
  | { readonly state: "clear"; readonly stalls: number }
  | { readonly state: "suspect"; readonly trials: number; readonly nextTrialMs: number };

const CLEAR: SuspicionState = { state: "clear", stalls: 0 };

export class Suspicion {
  #state: SuspicionState = CLEAR;
  /** When the node last sent an answer. */
  #heardMs = Number.NEGATIVE_INFINITY;
  /** When the first of the requests was sent that it has said nothing since. */
  #silentSinceMs: number | null = null;

  get state(): SuspicionState {
    return this.#state;
  }
  get isSuspect(): boolean {
    return this.#state.state === "suspect";
  }

  /** Whether the node has said nothing since a request was sent. */
  isSilentSince(sentMs: number): boolean {
    return this.#heardMs < sentMs;
  }

  /** For how long requests have gone unanswered; 0 when none stalled since it last sent an answer. */
  silentForMs(nowMs: number): number {
    return this.#silentSinceMs === null ? 0 : nowMs - this.#silentSinceMs;
  }

  /** Whether a suspect may be tried again now. */
  isTrialDue(nowMs: number): boolean {
    return this.#state.state === "suspect" && nowMs >= this.#state.nextTrialMs;
  }

  /** A request went to it. */
  tried(nowMs: number): void {
    if (this.#state.state !== "suspect") return;
    const trials = this.#state.trials + 1;
    const waitMs = Math.min(FIRST_TRIAL_MS * 2 ** trials, MAX_TRIAL_MS);
    this.#state = { state: "suspect", trials, nextTrialMs: nowMs + waitMs };
  }

  /**
   * A request stalled and the node was silent since it was sent.
   * @param enough in a row make it suspect @returns whether it has become so
   */
  stalled(sentMs: number, nowMs: number, enough: number): boolean {
    this.#silentSinceMs ??= sentMs;
    if (this.#state.state === "suspect") return false;
    const stalls = this.#state.stalls + 1;
    const isSuspect = stalls >= enough;
    this.#state = isSuspect
      ? { state: "suspect", trials: 0, nextTrialMs: nowMs + FIRST_TRIAL_MS }
      : { state: "clear", stalls };
    return isSuspect;
  }

  /** It is another server now. @returns whether it was suspect until now */
  clear(): boolean {
    const was = this.isSuspect;
    this.#state = CLEAR;
    this.#silentSinceMs = null;
    return was;
  }

  /** An answer came. @param inTime one that is late does not clear a suspect @returns whether it was suspect until now */
  heard(nowMs: number, inTime: boolean): boolean {
    this.#heardMs = nowMs;
    this.#silentSinceMs = null;
    const was = this.#state;
    if (was.state === "suspect") {
      if (inTime) this.#state = CLEAR;
      return inTime;
    }
    if (was.stalls > 0) this.#state = CLEAR;
    return false;
  }
}
