import { quantile } from "../support/report.ts";
import type { Result } from "./jobs.ts";

/** A target that answers nothing right is not asked for ever. */
const HOPELESS_FAULTS = 1_000;

/** Counts of one job. */
export class Tally {
  readonly #startMs = performance.now();
  readonly #latenciesMs: number[] = [];
  readonly #faults: Record<string, number> = {};
  readonly #fates: [number, number, number][] = [];
  #faultCount = 0;
  #bytes = 0;

  record(tookMs: number, wrong: string | null, bytes: number): void {
    if (wrong === null) {
      this.#latenciesMs.push(tookMs);
      this.#bytes += bytes;
      return;
    }
    this.#faultCount++;
    this.#faults[wrong] = (this.#faults[wrong] ?? 0) + 1;
  }

  recordFate(dueMs: number, tookMs: number, wrong: string | null): void {
    this.record(tookMs, wrong, 0);
    this.#fates.push([dueMs, tookMs, wrong === null ? 0 : 1]);
  }

  get isHopeless(): boolean {
    return this.#faultCount >= HOPELESS_FAULTS;
  }

  result(): Result {
    const latencies = this.#latenciesMs.length > 0 ? this.#latenciesMs : [Number.NaN];
    return {
      type: "result",
      requests: this.#latenciesMs.length + this.#faultCount,
      faults: this.#faults,
      ms: performance.now() - this.#startMs,
      bytes: this.#bytes,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      fates: this.#fates,
    };
  }
}
