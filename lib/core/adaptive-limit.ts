// How many requests a node takes at once, found out from how long it takes for them: Envoy's gradient controller and
// Netflix's concurrency-limits. The median of a short window is compared with what the node takes without load: within the
// tolerance the limit grows by its square root, beyond it falls in proportion, by half at most. What the node takes without
// load is measured anew from time to time, at half of the limit (BBR's probe of the round trip): a minimum that is kept for
// ever would hold a node that became slower for overloaded, one taken under load would grow with the load.
import type { AdaptiveConcurrency } from "#lib/contracts/config.ts";

export type AdaptiveSettings = Omit<AdaptiveConcurrency, "enabled">;

/** Where nothing is known yet. It begins with a measurement, and a limit that is made use of grows past it within a second. */
const START_LIMIT = 8;
const MIN_SAMPLES = 10;
/** Of a window, the latest are kept. */
const MAX_SAMPLES = 256;
/** Scatter of clocks and event loops: a node that answers in 0.2 ms is not overloaded at 0.4. */
const SLACK_MS = 1;
const LEAST_GRADIENT = 0.5;
/** Answers that are further apart say nothing together. */
const STALE_MS = 10_000;
/** At the lowest limit and still too slow, for so many windows: then it is the yardstick that is wrong. */
const WINDOWS_AT_LEAST = 5;
/** Nodes are not measured all at the same time. */
const JITTER = 0.15;
/** A measurement whose requests do not come back ends without result after this. */
const MEASURE_MS = 10_000;
/** Fewer samples do for a measurement that has taken this long. */
const SHORT_MEASURE_MS = 1_000;
const FEW_SAMPLES = 3;

type Phase =
  | { kind: "running"; untilMs: number }
  /** `drainedMs`: since when no more are in flight than may be; null: there still are. */
  | { kind: "measuring"; sinceMs: number; drainedMs: number | null };

/** One attempt that ended. */
export interface Ended {
  /** To its first byte, or to its failure. */
  latencyMs: number;
  /** Whether it was answered; what failed, or was given up, says something only by how long it took. */
  isAnswered: boolean;
  /** When it began, on the clock of `nowMs`. */
  startedMs: number;
  /** Those in flight at the node when it ended, itself not included. */
  inFlight: number;
}

export class AdaptiveLimit {
  /** Requests that may be in flight now: whole, from `minLimit` to `maxLimit`. */
  limit = 0;
  readonly #random: () => number;
  #settings: AdaptiveSettings;
  /** Not rounded, and that of the time around a measurement. */
  #target = START_LIMIT;
  #phase: Phase;
  /** Latency without load; null: not known yet. */
  #unloadedMs: number | null = null;
  #samples: number[] = [];
  #count = 0;
  #windowSinceMs: number;
  /** Most in flight in this window. */
  #peak = 0;
  /** Of this period: the best window, and whether the limit ever held a request back. */
  #lowestMs = Number.POSITIVE_INFINITY;
  #isBinding = false;
  #windowsAtLeast = 0;

  /** @param start what was found before, where that is known */
  constructor(settings: AdaptiveSettings, nowMs: number, random: () => number, start = START_LIMIT) {
    this.#settings = settings;
    this.#random = random;
    this.#windowSinceMs = nowMs;
    this.#phase = { kind: "measuring", sinceMs: nowMs, drainedMs: null };
    this.#setTarget(start);
  }

  /** The limit that one begins with. */
  static firstOf(settings: AdaptiveSettings): number {
    return new AdaptiveLimit(settings, 0, () => 0).limit;
  }

  /** Latency without load as it is known, in ms; null: not yet. */
  get unloadedMs(): number | null {
    return this.#unloadedMs;
  }

  configure(settings: AdaptiveSettings): void {
    this.#settings = settings;
    this.#setTarget(this.#target);
  }

  /** Takes in an attempt that ended. @returns whether more may be in flight than before */
  record(ended: Ended, nowMs: number): boolean {
    const before = this.limit;
    if (this.#phase.kind === "measuring") this.#measure(this.#phase, ended, nowMs);
    else this.#watch(ended, nowMs);
    return this.limit > before;
  }

  // --- running -------------------------------------------------------------------------------------------------------

  #watch(ended: Ended, nowMs: number): void {
    this.#peak = Math.max(this.#peak, ended.inFlight + 1);
    if (!this.#counts(ended)) return;
    if (this.#count === 0 || (this.#count < MIN_SAMPLES && nowMs - this.#windowSinceMs >= STALE_MS))
      this.#openWindow(nowMs);
    this.#add(ended.latencyMs);
    if (this.#count >= MIN_SAMPLES && nowMs - this.#windowSinceMs >= this.#settings.windowMs) this.#judge(nowMs);
  }

  /** A node that fails at once must not look fast: what was not answered counts only where it took too long. */
  #counts({ isAnswered, latencyMs }: Ended): boolean {
    return isAnswered || (this.#unloadedMs !== null && latencyMs > this.#toleratedMs(this.#unloadedMs));
  }

  #toleratedMs(unloadedMs: number): number {
    return unloadedMs * (1 + this.#settings.toleranceRatio) + SLACK_MS;
  }

  #judge(nowMs: number): void {
    const medianMs = this.#median();
    const unloadedMs = Math.min(this.#unloadedMs ?? medianMs, medianMs);
    this.#unloadedMs = unloadedMs;
    this.#lowestMs = Math.min(this.#lowestMs, medianMs);
    if (this.#peak >= this.limit) this.#isBinding = true;
    const gradient = Math.min(1, Math.max(LEAST_GRADIENT, this.#toleratedMs(unloadedMs) / medianMs));
    if (gradient < 1) this.#setTarget(this.#target * gradient);
    // A limit that is not made use of has not been tried.
    else if (this.#peak >= this.limit / 2) this.#setTarget(this.#target + Math.sqrt(this.#target));
    this.#windowsAtLeast = gradient < 1 && this.limit === this.#settings.minLimit ? this.#windowsAtLeast + 1 : 0;
    this.#openWindow(nowMs);
    this.#peak = 0;
    if (this.#windowsAtLeast >= WINDOWS_AT_LEAST) this.#startMeasuring(nowMs);
    else if (this.#phase.kind === "running" && nowMs >= this.#phase.untilMs) this.#endPeriod(nowMs);
  }

  #endPeriod(nowMs: number): void {
    if (this.#isBinding) this.#startMeasuring(nowMs);
    else {
      // It had nothing to do with load how fast the node was.
      this.#unloadedMs = this.#lowestMs;
      this.#run(nowMs);
    }
  }

  #run(nowMs: number): void {
    this.#phase = this.#period(nowMs);
    this.#lowestMs = Number.POSITIVE_INFINITY;
    this.#isBinding = false;
    this.#windowsAtLeast = 0;
    this.#peak = 0;
    this.#openWindow(nowMs);
    this.#setTarget(this.#target);
  }

  #period(nowMs: number): Phase {
    return { kind: "running", untilMs: nowMs + this.#settings.remeasureMs * (1 + JITTER * this.#random()) };
  }

  // --- measuring -----------------------------------------------------------------------------------------------------

  #startMeasuring(nowMs: number): void {
    this.#phase = { kind: "measuring", sinceMs: nowMs, drainedMs: null };
    this.#openWindow(nowMs);
    this.#setTarget(this.#target);
  }

  #measure(phase: Phase & { kind: "measuring" }, ended: Ended, nowMs: number): void {
    if (phase.drainedMs === null && ended.inFlight <= this.limit) phase.drainedMs = nowMs;
    else if (phase.drainedMs !== null && ended.isAnswered && ended.startedMs >= phase.drainedMs)
      this.#add(ended.latencyMs);
    const tookMs = nowMs - phase.sinceMs;
    if (this.#count >= MIN_SAMPLES || (this.#count >= FEW_SAMPLES && tookMs >= SHORT_MEASURE_MS)) {
      this.#unloadedMs = this.#median();
      this.#run(nowMs);
    } else if (tookMs >= MEASURE_MS) this.#run(nowMs);
  }

  // --- window and limit ----------------------------------------------------------------------------------------------

  #openWindow(nowMs: number): void {
    this.#windowSinceMs = nowMs;
    this.#count = 0;
    this.#samples.length = 0;
  }

  #add(latencyMs: number): void {
    this.#samples[this.#count % MAX_SAMPLES] = latencyMs;
    this.#count++;
  }

  #median(): number {
    const sorted = this.#samples.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] as number;
  }

  #setTarget(target: number): void {
    const { minLimit, maxLimit } = this.#settings;
    this.#target = Math.min(maxLimit, Math.max(minLimit, target));
    const now = this.#phase.kind === "measuring" ? this.#target / 2 : this.#target;
    this.limit = Math.max(minLimit, Math.floor(now));
  }
}
