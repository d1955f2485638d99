// Circuit breaker of one node in one process, Hystrix semantics: over a rolling window, at least `minimumRequests` with at
// least `errorRatio` failures, or `slowRatio` slow calls (resilience4j), open it; when `openMs` has passed it is half-open
// and lets a few trials through; enough good ones close it, one bad or slow opens it again for twice as long. Trials of all
// processes count (breaker-trials.ts). Results of attempts from before a flip are ignored (linkerd). Times are whole Unix ms.
import type { BreakerSettings } from "#lib/contracts/config.ts";
import type { BreakerOrder, BreakerState } from "#lib/contracts/runtime.ts";
import { type Sibling, Trials } from "./breaker-trials.ts";
import { RollingWindow } from "./rolling-window.ts";

export interface BreakerFlip {
  readonly from: BreakerState["state"];
  readonly to: BreakerState["state"];
  /** Cause of the failure that opened it, `slow-calls`, `tripped`, `trial-passed`, `trials-passed`, `due`, `told-by-sibling`, `turned-off` or `reset`. */
  readonly reason: string;
}

/** What `acquire` answers when no request may be sent. */
export const REFUSED = -1;
const CLOSED: BreakerState = { state: "closed" };
const SLOW = "slow-calls";
const NO_EVIDENCE = { requests: 0, failures: 0, slow: 0 };
const reaches = (some: number, all: number, ratio: number): boolean => some > 0 && some / all >= ratio;

export class Breaker {
  #settings: BreakerSettings;
  #window: RollingWindow;
  #state: BreakerState = CLOSED;
  /** Number of flips: a permit is good for the period it was given in. */
  #period = 0;
  readonly #trials: Trials;
  /** Of the latest failure: a success may be what reaches the minimum volume. */
  #lastCause = "";
  /** When the last order was given that was carried out. */
  #orderedMs = 0;

  /** @param processes of the worker: they try a node out at the same time */
  constructor(settings: BreakerSettings, processes = 1) {
    this.#settings = settings;
    this.#trials = new Trials(settings.halfOpenRequests, processes);
    this.#window = new RollingWindow(settings.windowMs);
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Trials that have passed here since it is half-open. */
  get trialsPassed(): number {
    return this.#trials.passed;
  }

  /** Whether `acquire` would give a permit: for `Skip`, without side effects. */
  admits(): boolean {
    return this.#state.state === "half-open" ? this.#trials.admits() : this.#state.state === "closed";
  }

  /** A permit for one attempt, or `REFUSED`. Every permit must come back once, through `record` or `abort`. */
  acquire(): number {
    if (!this.admits()) return REFUSED;
    if (this.#state.state === "half-open") this.#trials.begin();
    return this.#period;
  }

  /**
   * Settles an attempt that succeeded or failed. `cause` is the failure's code; `tookMs` its time to the first byte.
   * Returns the flip it brought about.
   */
  record(permit: number, failed: boolean, cause: string, nowMs: number, tookMs = 0): BreakerFlip | null {
    if (permit !== this.#period || !this.#settings.enabled) return null;
    const { slowMs } = this.#settings;
    const slow = slowMs > 0 && tookMs >= slowMs;
    switch (this.#state.state) {
      case "closed":
        return this.#recordClosed(failed, slow, cause, nowMs);
      case "half-open":
        return this.#recordTrial(failed || slow, failed ? cause : SLOW, nowMs);
      case "open":
        return null;
    }
  }

  /** Settles an attempt that says nothing about the node, such as one whose client left. */
  abort(permit: number): void {
    if (permit === this.#period && this.#state.state === "half-open") this.#trials.abort();
  }

  /** Lets time pass: open becomes half-open when due. To be called at `untilMs`. */
  advance(nowMs: number): BreakerFlip | null {
    if (this.#state.state !== "open" || nowMs < this.#state.untilMs) return null;
    const flip = this.#flip({ state: "half-open", sinceMs: nowMs, timesOpened: this.#state.timesOpened }, "due");
    return this.#closeIfTriedOut() ?? flip;
  }

  /** Closes it whatever it observed. */
  reset(reason: "reset" | "turned-off" = "reset"): BreakerFlip | null {
    return this.#state.state === "closed" ? null : this.#flip(CLOSED, reason);
  }

  /** Carries out an operator's order, once. A trip that is over, or a breaker that is turned off, is left alone. */
  obey(order: BreakerOrder, nowMs: number): BreakerFlip | null {
    if (order.atMs <= this.#orderedMs) return null;
    this.#orderedMs = order.atMs;
    if (order.action === "reset") return this.reset();
    if (!this.#settings.enabled || order.untilMs <= nowMs) return null;
    const { atMs, untilMs } = order;
    const times = { sinceMs: atMs, untilMs, timesOpened: 1 };
    return this.#flip({ state: "open", cause: "tripped", ...times, ...NO_EVIDENCE }, "tripped");
  }

  /** Takes new settings; what the window held is dropped only if the window changed. */
  configure(settings: BreakerSettings): BreakerFlip | null {
    if (settings.windowMs !== this.#settings.windowMs) this.#window = new RollingWindow(settings.windowMs);
    this.#settings = settings;
    if (!settings.enabled) return this.reset("turned-off");
    this.#trials.configure(settings.halfOpenRequests);
    // With fewer trials asked for than have passed, nobody would be left to close it.
    return this.#closeIfTriedOut();
  }

  /**
   * Takes what a sibling process observed, or what was saved. Open is taken over unless this one is open for longer.
   * Closed is believed only once our own open time is over: an older closing must not undo a newer opening. Half-open, or
   * an opening that is over, is taken over by a breaker that knows nothing yet, as that of a process that just started:
   * it too begins with trials, and how often it was opened is not forgotten. Any other makes its own trials when its own
   * time comes. What was observed before an operator's order is out of date.
   * @param sibling who tells, and how many trials have passed there; none: it is what was saved
   */
  adopt(told: BreakerState, nowMs: number, sibling?: Sibling): BreakerFlip | null {
    if (!this.#settings.enabled) return null;
    const mine = this.#state;
    if (told.state === "closed") return this.#isDue(nowMs) ? this.#flip(CLOSED, "told-by-sibling") : null;
    if (told.sinceMs < this.#orderedMs) return null;
    // Its trials may pass before our own timer has said that it is time for trials.
    const isSamePeriod = mine.state !== "closed" && mine.timesOpened === told.timesOpened;
    if (told.state === "half-open" && isSamePeriod && sibling !== undefined) {
      this.#trials.hear(sibling);
      return this.#closeIfTriedOut();
    }
    if (told.state === "half-open" || told.untilMs <= nowMs) return this.#beginWithTrials(told);
    if (mine.state === "open" && mine.untilMs >= told.untilMs) return null;
    return this.#flip(told, "told-by-sibling");
  }

  /** Whether a sibling may close it: its own open time is over. */
  #isDue(nowMs: number): boolean {
    const mine = this.#state;
    return mine.state === "half-open" || (mine.state === "open" && nowMs >= mine.untilMs);
  }

  #closeIfTriedOut(): BreakerFlip | null {
    const isDone = this.#state.state === "half-open" && this.#trials.isDone;
    return isDone ? this.#flip(CLOSED, "trials-passed") : null;
  }

  #beginWithTrials(told: Exclude<BreakerState, { state: "closed" }>): BreakerFlip | null {
    if (this.#period > 0 || !this.#window.isUntouched) return null;
    const sinceMs = told.state === "open" ? told.untilMs : told.sinceMs;
    return this.#flip({ state: "half-open", sinceMs, timesOpened: told.timesOpened }, "told-by-sibling");
  }

  #recordClosed(failed: boolean, slow: boolean, cause: string, nowMs: number): BreakerFlip | null {
    this.#window.record(failed, nowMs, slow);
    if (failed) this.#lastCause = cause;
    const { minimumRequests, errorRatio, slowRatio } = this.#settings;
    const requests = this.#window.total(nowMs);
    if (requests < minimumRequests) return null;
    const failures = this.#window.failed(nowMs);
    const slows = this.#window.slow(nowMs);
    const fails = reaches(failures, requests, errorRatio);
    if (!fails && !reaches(slows, requests, slowRatio)) return null;
    return this.#open(1, fails ? this.#lastCause : SLOW, nowMs, { requests, failures, slow: slows });
  }

  #recordTrial(failed: boolean, cause: string, nowMs: number): BreakerFlip | null {
    this.#trials.end(!failed);
    if (failed) return this.#open(this.#state.state === "half-open" ? this.#state.timesOpened + 1 : 1, cause, nowMs);
    return this.#closeIfTriedOut() ?? { from: "half-open", to: "half-open", reason: "trial-passed" };
  }

  #open(timesOpened: number, cause: string, nowMs: number, evidence = NO_EVIDENCE): BreakerFlip {
    const { openMs, maxOpenMs } = this.#settings;
    const forMs = Math.min(openMs * 2 ** (timesOpened - 1), Math.max(openMs, maxOpenMs));
    const untilMs = nowMs + forMs;
    return this.#flip({ state: "open", sinceMs: nowMs, untilMs, cause, timesOpened, ...evidence }, cause);
  }

  #flip(state: BreakerState, reason: string): BreakerFlip {
    const from = this.#state.state;
    this.#state = state;
    this.#period += 1;
    // What siblings told of this period counts once it begins here.
    if (state.state !== "half-open" || from !== "open") this.#trials.reset();
    this.#window.clear();
    return { from, to: state.state, reason };
  }
}
