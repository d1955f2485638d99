// Cooling of one node: it said "later" (429, or 503 with Retry-After), so it rests for as long as it asks, up to a cap
// (linkerd's is 300 s). That is no failure of its own: neither breaker nor ejection hears of it. One instance per node and
// process; siblings are told, so that all of them leave it alone.
import type { CoolingSettings } from "#lib/contracts/config.ts";
import type { CoolingState } from "#lib/contracts/runtime.ts";
import { retryAfterMs } from "./retry-after.ts";

const NOT: CoolingState = { state: "not-cooling" };

export class Cooling {
  #settings: CoolingSettings;
  #state: CoolingState = NOT;

  constructor(settings: CoolingSettings) {
    this.#settings = settings;
  }

  get state(): CoolingState {
    return this.#state;
  }

  /**
   * Takes in an answer of 429 or 503. @param retryAfter value of its Retry-After field
   * @returns whether it asks for rest: then it is no failure. A shorter rest does not end a longer one.
   */
  asksForRest(status: number, retryAfter: string | undefined, nowMs: number): boolean {
    const { enabled, maxMs, defaultMs } = this.#settings;
    if (!enabled) return false;
    const askedMs = retryAfter === undefined ? null : retryAfterMs(retryAfter, nowMs);
    if (askedMs === null && (status !== 429 || defaultMs === 0)) return false;
    const untilMs = nowMs + Math.min(askedMs ?? defaultMs, maxMs);
    const present = this.#state;
    if (untilMs <= nowMs || (present.state === "cooling" && present.untilMs >= untilMs)) return true;
    const sinceMs = present.state === "cooling" ? present.sinceMs : nowMs;
    this.#state = { state: "cooling", sinceMs, untilMs, cause: `status-${status}` };
    return true;
  }

  /** Lets time pass: the rest ends at its `untilMs`. @returns whether it ended */
  advance(nowMs: number): boolean {
    if (this.#state.state !== "cooling" || nowMs < this.#state.untilMs) return false;
    this.#state = NOT;
    return true;
  }

  configure(settings: CoolingSettings): void {
    this.#settings = settings;
    if (!settings.enabled) this.#state = NOT;
  }

  /** The node is another server now. */
  reset(): void {
    this.#state = NOT;
  }

  /** Takes what a sibling process was told, or what was saved. @returns whether it changed anything */
  adopt(told: CoolingState, nowMs: number): boolean {
    if (!this.#settings.enabled || told.state !== "cooling" || told.untilMs <= nowMs) return false;
    if (this.#state.state === "cooling" && this.#state.untilMs >= told.untilMs) return false;
    this.#state = told;
    return true;
  }
}
