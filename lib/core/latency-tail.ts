// A high percentile of recent latencies: counts of the last 5 to 10 s in two turns of a log-linear histogram. Nothing
// recorded for longer leaves the last known turns: an idle pool knows what it knew. Recording costs some 20 ns.
import { BUCKETS, bucketMidUs, bucketOf } from "./histogram.ts";

const TURN_MS = 5_000;
/** Fewer latencies say nothing of a tail. */
export const MIN_SAMPLES = 10;
/** A percentile is computed anew this often at most. */
const FRESH_MS = 100;

export class LatencyTail {
  #present = new Uint32Array(BUCKETS);
  #before = new Uint32Array(BUCKETS);
  #presentCount = 0;
  #beforeCount = 0;
  #turnedMs = Number.NEGATIVE_INFINITY;
  #known: number | null = null;
  #knownAtMs = Number.NEGATIVE_INFINITY;
  #knownRatio = 0;

  record(latencyMs: number, nowMs: number): void {
    if (nowMs - this.#turnedMs >= TURN_MS) this.#turn(nowMs);
    const bucket = bucketOf(latencyMs * 1_000);
    this.#present[bucket] = (this.#present[bucket] as number) + 1;
    this.#presentCount++;
  }

  /** The latency that `ratio` (0–1) of the recent ones do not pass; null with fewer than ten of them. */
  at(ratio: number, nowMs: number): number | null {
    if (nowMs - this.#knownAtMs < FRESH_MS && ratio === this.#knownRatio) return this.#known;
    this.#knownAtMs = nowMs;
    this.#knownRatio = ratio;
    this.#known = this.#compute(ratio);
    return this.#known;
  }

  #compute(ratio: number): number | null {
    const count = this.#presentCount + this.#beforeCount;
    if (count < MIN_SAMPLES) return null;
    // From the top: a high percentile is near.
    let above = Math.floor(count * (1 - ratio));
    for (let bucket = BUCKETS - 1; bucket > 0; bucket--) {
      above -= (this.#present[bucket] as number) + (this.#before[bucket] as number);
      if (above < 0) return bucketMidUs(bucket) / 1_000;
    }
    return 0;
  }

  #turn(nowMs: number): void {
    const oldest = this.#before;
    this.#before = this.#present;
    this.#beforeCount = this.#presentCount;
    oldest.fill(0);
    this.#present = oldest;
    this.#presentCount = 0;
    this.#turnedMs = nowMs;
  }
}
