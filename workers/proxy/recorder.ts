// Counts of the present second, per pool and per node: plain fields and one dense histogram each, so that recording a
// request costs tens of nanoseconds. A reader takes them as a MetricFrame and starts them anew.
import type { CountDetails, Counts, UnfitCounts } from "#lib/contracts/metrics.ts";
import type { Outcome } from "#lib/core/classify.ts";
import { BUCKETS, bucketMidUs, bucketOf, toSparse } from "#lib/core/histogram.ts";

export class SpanCounts {
  requests = 0;
  successes = 0;
  failures = 0;
  status1xx = 0;
  status2xx = 0;
  status3xx = 0;
  status4xx = 0;
  status5xx = 0;
  retries = 0;
  hedges = 0;
  aborted = 0;
  bytesIn = 0;
  bytesOut = 0;
  // What is no sign of how fast a node works.
  refused = 0;
  refusedUs = 0;
  overtaken = 0;
  overtakenUs = 0;
  /** Made with the first request: a configuration may hold thousands of idle nodes. */
  #latency: Uint32Array | null = null;
  #latencyCount = 0;
  /** Made with the first failure. */
  #causes: Map<string, number> | null = null;

  /** Whether nothing was counted since the last `take`. */
  get isEmpty(): boolean {
    return this.requests + this.retries + this.hedges + this.bytesIn + this.bytesOut === 0;
  }

  /** An attempt that came to an end of its own. @param failed whether that counts as a failure */
  recordAttempt({ status, cause }: Outcome, failed: boolean, latencyMs: number): void {
    this.record(status ?? 0, failed, latencyMs, cause);
  }

  /**
   * One request or attempt that was answered, or failed. @param status of the answer; 0 when there was none
   * @param cause of a failure
   */
  record(status: number, failed: boolean, latencyMs: number, cause = ""): void {
    this.requests++;
    if (failed) this.#fail(cause);
    else this.successes++;
    if (status >= 200 && status < 300) this.status2xx++;
    else if (status >= 500) this.status5xx++;
    else if (status >= 400) this.status4xx++;
    else if (status >= 300) this.status3xx++;
    else if (status >= 100) this.status1xx++;
    this.#latency ??= new Uint32Array(BUCKETS);
    const bucket = bucketOf(latencyMs * 1_000);
    this.#latency[bucket] = (this.#latency[bucket] as number) + 1;
    this.#latencyCount++;
    if (!failed && status < 400) return;
    this.refused++;
    // The middle of its bucket, as readers of the histogram sum latencies up.
    this.refusedUs += bucketMidUs(bucket);
  }

  #fail(cause: string): void {
    this.failures++;
    if (cause === "") return;
    this.#causes ??= new Map();
    this.#causes.set(cause, (this.#causes.get(cause) ?? 0) + 1);
  }

  /** One that was given up since another node answered first. */
  recordOvertaken(waitedMs: number): void {
    this.recordAborted();
    this.overtaken++;
    this.overtakenUs += waitedMs * 1_000;
  }

  /** One whose client left before the answer was whole. */
  recordAborted(): void {
    this.requests++;
    this.aborted++;
  }

  /** As `take`, and what of it is no sign of speed: for a node. */
  takeOfNode(): Counts & { unfit?: UnfitCounts } {
    const { refused, refusedUs, overtaken, overtakenUs } = this;
    const counts = this.take();
    return refused + overtaken === 0 ? counts : { ...counts, unfit: { refused, refusedUs, overtaken, overtakenUs } };
  }

  /** What was counted since the last call. */
  take(): Counts {
    const counts: Counts = {
      requests: this.requests,
      successes: this.successes,
      failures: this.failures,
      status1xx: this.status1xx,
      status2xx: this.status2xx,
      status3xx: this.status3xx,
      status4xx: this.status4xx,
      status5xx: this.status5xx,
      retries: this.retries,
      aborted: this.aborted,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      latencyUs: this.#latencyCount > 0 && this.#latency ? toSparse(this.#latency) : { i: [], n: [] },
    };
    const details = this.#details();
    if (details !== null) counts.details = details;
    this.#reset();
    return counts;
  }

  #details(): CountDetails | null {
    if (this.#causes === null && this.hedges === 0) return null;
    return {
      ...(this.#causes !== null && { causes: Object.fromEntries(this.#causes) }),
      ...(this.hedges > 0 && { hedges: this.hedges }),
    };
  }

  #reset(): void {
    this.#causes = null;
    this.hedges = 0;
    this.requests = this.successes = this.failures = this.retries = this.aborted = 0;
    this.status1xx = this.status2xx = this.status3xx = this.status4xx = this.status5xx = 0;
    this.bytesIn = this.bytesOut = 0;
    this.refused = this.refusedUs = this.overtaken = this.overtakenUs = 0;
    if (this.#latencyCount > 0) this.#latency?.fill(0);
    this.#latencyCount = 0;
  }
}
