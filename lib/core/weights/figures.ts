// What one node did over the last `windowMs`, in ten buckets as the breaker's rolling window: parts come once a second, of
// the whole worker. Means are computed from sums, percentiles from merged histograms, and never averaged.
import type { ResponseMeasure } from "#lib/contracts/config.ts";
import type { MetricFrame, SparseHistogram } from "#lib/contracts/metrics.ts";
import { bucketMidUs, mergeAllSparse, quantileUs } from "../histogram.ts";

/** One part: a node's figures of one second. */
export interface Part {
  /** Attempts that were answered, or failed. */
  readonly answered: number;
  readonly failures: number;
  /** Sum of their times to the first byte. */
  readonly totalUs: number;
  /** Those of them that say nothing of how fast the node works: failures, and answers from 400 on; and their times. */
  readonly refused: number;
  readonly refusedUs: number;
  /** Attempts that were given up since another node answered first, and how long they had waited. */
  readonly overtaken: number;
  readonly overtakenUs: number;
  readonly latencyUs: SparseHistogram;
}

export interface Figures {
  /** Attempts that were answered, failed, or were overtaken. */
  readonly requests: number;
  /** Failures among the answered, 0–1; 0 without any. */
  readonly errorRatio: number;
  /** Failures and answers from 400 on among the answered, 0–1. */
  readonly refusedRatio: number;
  /**
   * Mean response time of successes. Overtaken attempts add the time they had waited but are no answers (the estimate for
   * censored times): else a node that is always overtaken would look like one that is never slow. Null: nothing is known.
   */
  readonly goodMeanMs: number | null;
}

const BUCKETS = 10;
const SUMMED = ["answered", "failures", "totalUs", "refused", "refusedUs", "overtaken", "overtakenUs"] as const;
type Sums = { readonly [K in (typeof SUMMED)[number]]: number };

/** What a frame says of a node. */
export function partOf({ successes, failures, latencyUs, unfit }: MetricFrame["nodes"][number]): Part {
  let totalUs = 0;
  for (let at = 0; at < latencyUs.i.length; at++) {
    totalUs += bucketMidUs(latencyUs.i[at] as number) * (latencyUs.n[at] as number);
  }
  const { refused = failures, refusedUs = 0, overtaken = 0, overtakenUs = 0 } = unfit ?? {};
  return { answered: successes + failures, failures, totalUs, refused, refusedUs, overtaken, overtakenUs, latencyUs };
}

export class FiguresWindow {
  readonly windowMs: number;
  readonly measure: ResponseMeasure;
  readonly #bucketMs: number;
  /** Ten rows of what is summed, in a ring. */
  readonly #rows = new Float64Array(BUCKETS * SUMMED.length);
  /** As many lists, for percentiles; null where a mean is all that will be asked for. */
  readonly #latencies: SparseHistogram[][] | null;
  #newest = Number.NEGATIVE_INFINITY;
  #sinceMs: number;

  /** @param sinceMs begin of what is recorded @param measure what `responseMs` will be asked for */
  constructor(windowMs: number, sinceMs: number, measure: ResponseMeasure = "mean") {
    this.windowMs = windowMs;
    this.measure = measure;
    this.#bucketMs = windowMs / BUCKETS;
    this.#latencies = measure === "mean" ? null : Array.from({ length: BUCKETS }, () => []);
    this.#sinceMs = sinceMs;
  }

  add(part: Part, atMs: number): void {
    const bucket = this.#advance(atMs);
    let at = bucket * SUMMED.length;
    for (const key of SUMMED) {
      this.#rows[at] = (this.#rows[at] as number) + part[key];
      at++;
    }
    if (part.latencyUs.i.length > 0) this.#latencies?.[bucket]?.push(part.latencyUs);
  }

  /** Whether it has been recorded for as long as the window is. */
  isFull(nowMs: number): boolean {
    return nowMs - this.#sinceMs >= this.windowMs;
  }

  /** Forgets what was recorded: the next full window begins now. */
  restart(nowMs: number): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.#clear(bucket);
    this.#sinceMs = nowMs;
  }

  figures(nowMs: number): Figures {
    const { answered, failures, totalUs, refused, refusedUs, overtaken, overtakenUs } = this.#sums(nowMs);
    const good = answered - refused;
    const goodUs = totalUs - refusedUs + overtakenUs;
    return {
      requests: answered + overtaken,
      errorRatio: answered === 0 ? 0 : failures / answered,
      refusedRatio: answered === 0 ? 0 : refused / answered,
      goodMeanMs: good + overtaken === 0 ? null : goodUs / Math.max(1, good) / 1_000,
    };
  }

  /** Response time of all attempts that were answered or failed; null without any, or for a percentile not prepared for. */
  responseMs(measure: ResponseMeasure, nowMs: number): number | null {
    const { answered, totalUs } = this.#sums(nowMs);
    if (measure === "mean") return answered === 0 ? null : totalUs / answered / 1_000;
    const us = quantileUs(mergeAllSparse((this.#latencies ?? []).flat()), measure === "p50" ? 0.5 : 0.99);
    return us === null ? null : us / 1_000;
  }

  #sums(nowMs: number): Sums {
    this.#advance(nowMs);
    const sum = (column: number): number => {
      let total = 0;
      for (let at = column; at < this.#rows.length; at += SUMMED.length) total += this.#rows[at] as number;
      return total;
    };
    return {
      answered: sum(0),
      failures: sum(1),
      totalUs: sum(2),
      refused: sum(3),
      refusedUs: sum(4),
      overtaken: sum(5),
      overtakenUs: sum(6),
    };
  }

  /** Index of the present bucket; what time has left behind is cleared. A clock that went back stays in the newest one. */
  #advance(nowMs: number): number {
    const present = Math.max(Math.floor(nowMs / this.#bucketMs), this.#newest);
    const passed = Math.min(BUCKETS, present - this.#newest);
    for (let i = 0; i < passed; i++) this.#clear((present - i) % BUCKETS);
    this.#newest = present;
    return present % BUCKETS;
  }

  #clear(bucket: number): void {
    this.#rows.fill(0, bucket * SUMMED.length, (bucket + 1) * SUMMED.length);
    if (this.#latencies) this.#latencies[bucket] = [];
  }
}
