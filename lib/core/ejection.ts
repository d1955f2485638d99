// Passive ejection of an outlier, as Envoy's: consecutive failures of real traffic take a node out for base × times
// ejected; a pass of an active check, or time, brings it back; every quiet spell forgives one ejection. At most a share of
// the pool is out at once, but one node always may be. One instance per node and process; the pool's count is the caller's.
import type { EjectionSettings } from "#lib/contracts/config.ts";
import type { EjectionState } from "#lib/contracts/runtime.ts";
import { OUTCOMES } from "./classify.ts";

export interface EjectionFlip {
  readonly from: EjectionState["state"];
  readonly to: EjectionState["state"];
  /** Cause of the last failure, `time-over`, `check-passed`, `told-by-sibling`, `over-cap` or `turned-off`. */
  readonly reason: string;
}

/** Kept by the data plane, one per pool. */
export interface EjectedOfPool {
  readonly size: number;
  readonly ejected: number;
}

/** A spell without ejection that forgives one, at least; Envoy forgives one a sweep of 10 s. */
export const QUIET_MS = 10_000;

export class Ejection {
  #settings: EjectionSettings;
  #state: EjectionState = { state: "in", timesEjected: 0 };
  #consecutiveFailures = 0;
  #consecutiveBroken = 0;
  #backSinceMs = 0;
  /** When it last came back, or was last forgiven. */
  #quietSinceMs = 0;

  constructor(settings: EjectionSettings) {
    this.#settings = settings;
  }

  get state(): EjectionState {
    return this.#state;
  }

  /**
   * Takes in one settled attempt that succeeded or failed; socket faults count as failures. Attempts that settle while
   * the node is out, or were sent before it came back, say nothing new.
   * @param startedMs when the attempt was sent @param pool nodes in all, and those that are out now
   */
  record(failed: boolean, cause: string, startedMs: number, nowMs: number, pool: EjectedOfPool): EjectionFlip | null {
    if (this.#state.state === "ejected" || startedMs < this.#backSinceMs || !this.#settings.enabled) return null;
    if (!failed) {
      this.#startCount();
      return null;
    }
    this.#consecutiveFailures += 1;
    if (cause === OUTCOMES.truncated.cause) this.#consecutiveBroken += 1;
    const { consecutiveFailures, brokenAnswers } = this.#settings;
    if (this.#consecutiveFailures < consecutiveFailures && this.#consecutiveBroken < brokenAnswers) return null;
    // The count is kept, so the next failure ejects once there is room.
    return this.#hasRoom(pool) ? this.#eject(cause, nowMs) : null;
  }

  /** Takes in that it has said nothing for `silentForMs`, however it was tried, while others answered. */
  silent(silentForMs: number, nowMs: number, pool: EjectedOfPool): EjectionFlip | null {
    const { enabled, silentMs } = this.#settings;
    if (this.#state.state === "ejected" || !enabled || silentMs === 0 || silentForMs < silentMs) return null;
    return this.#hasRoom(pool) ? this.#eject("silent", nowMs) : null;
  }

  /** Takes in that a comparison with the other nodes found it an outlier. */
  outlier(cause: string, nowMs: number, pool: EjectedOfPool): EjectionFlip | null {
    if (this.#state.state === "ejected" || !this.#settings.enabled) return null;
    return this.#hasRoom(pool) ? this.#eject(cause, nowMs) : null;
  }

  #hasRoom({ size, ejected }: EjectedOfPool): boolean {
    return ejected === 0 || (ejected + 1) / size <= this.#settings.maxEjectedRatio;
  }

  /** Lets time pass: an ejection ends at its `untilMs`, past ones are forgiven by and by. */
  advance(nowMs: number): EjectionFlip | null {
    if (this.#state.state === "ejected")
      return nowMs >= this.#state.untilMs ? this.#comeBack("time-over", nowMs) : null;
    const left = this.#unforgiven(nowMs);
    if (left !== this.#state.timesEjected) {
      this.#quietSinceMs = nowMs;
      this.#state = { state: "in", timesEjected: left };
    }
    return null;
  }

  /** An active check passed. One that began before the ejection knows nothing of its cause. */
  checkPassed(startedMs: number, nowMs: number): EjectionFlip | null {
    if (this.#state.state !== "ejected" || startedMs < this.#state.sinceMs) return null;
    return this.#comeBack("check-passed", nowMs);
  }

  configure(settings: EjectionSettings, nowMs: number): EjectionFlip | null {
    this.#settings = settings;
    return !settings.enabled && this.#state.state === "ejected" ? this.#comeBack("turned-off", nowMs) : null;
  }

  /**
   * Takes what a sibling process observed, or what was saved. A return is not taken over: checks and time bring it. One
   * that was never out remembers how often the node was, so that a restart does not make ejections short again.
   */
  adopt(told: EjectionState, nowMs: number): EjectionFlip | null {
    if (!this.#settings.enabled) return null;
    if (told.state === "in" || told.untilMs <= nowMs) {
      this.#remember(told, nowMs);
      return null;
    }
    if (this.#state.state === "ejected" && this.#state.untilMs >= told.untilMs) return null;
    const from = this.#state.state;
    this.#state = told;
    this.#startCount();
    return from === "ejected" ? null : { from, to: "ejected", reason: "told-by-sibling" };
  }

  /** More of the pool is out than may be, and others stay. */
  yieldToCap(nowMs: number): EjectionFlip | null {
    return this.#state.state === "ejected" ? this.#comeBack("over-cap", nowMs) : null;
  }

  #remember(told: EjectionState, nowMs: number): void {
    const isFresh = this.#state.state === "in" && this.#state.timesEjected === 0 && this.#quietSinceMs === 0;
    if (!isFresh || told.timesEjected === 0) return;
    this.#state = { state: "in", timesEjected: told.timesEjected };
    this.#quietSinceMs = told.state === "ejected" ? told.untilMs : nowMs;
  }

  #eject(cause: string, nowMs: number): EjectionFlip {
    const timesEjected = this.#unforgiven(nowMs) + 1;
    const { baseEjectionMs, maxEjectionMs } = this.#settings;
    const forMs = Math.min(baseEjectionMs * timesEjected, Math.max(baseEjectionMs, maxEjectionMs));
    this.#state = { state: "ejected", sinceMs: nowMs, untilMs: nowMs + forMs, cause, timesEjected };
    this.#startCount();
    return { from: "in", to: "ejected", reason: cause };
  }

  #comeBack(reason: string, nowMs: number): EjectionFlip {
    this.#state = { state: "in", timesEjected: this.#state.timesEjected };
    this.#startCount();
    this.#backSinceMs = nowMs;
    this.#quietSinceMs = nowMs;
    return { from: "ejected", to: "in", reason };
  }

  #startCount(): void {
    this.#consecutiveFailures = 0;
    this.#consecutiveBroken = 0;
  }

  #unforgiven(nowMs: number): number {
    const spellMs = Math.max(QUIET_MS, this.#settings.baseEjectionMs);
    const spells = Math.floor(Math.max(0, nowMs - this.#quietSinceMs) / spellMs);
    return Math.max(0, this.#state.timesEjected - spells);
  }
}
