// Counts over the last `windowMs` in ten buckets of fixed memory (Hystrix' rolling window). Recording is O(1); buckets that
// time has left behind are cleared when next touched, so an idle gap leaves nothing stale.
const BUCKETS = 10;

export class RollingWindow {
  readonly #bucketMs: number;
  readonly #totals = new Int32Array(BUCKETS);
  readonly #failures = new Int32Array(BUCKETS);
  readonly #slows = new Int32Array(BUCKETS);
  #newest = Number.NEGATIVE_INFINITY;
  #total = 0;
  #failed = 0;
  #slow = 0;

  constructor(windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS;
  }

  /** Nothing was ever recorded or asked. */
  get isUntouched(): boolean {
    return this.#newest === Number.NEGATIVE_INFINITY;
  }

  record(failed: boolean, nowMs: number, slow = false): void {
    const bucket = this.#advance(nowMs);
    this.#totals[bucket] = (this.#totals[bucket] as number) + 1;
    this.#total += 1;
    if (slow) {
      this.#slows[bucket] = (this.#slows[bucket] as number) + 1;
      this.#slow += 1;
    }
    if (!failed) return;
    this.#failures[bucket] = (this.#failures[bucket] as number) + 1;
    this.#failed += 1;
  }

  total(nowMs: number): number {
    this.#advance(nowMs);
    return this.#total;
  }

  failed(nowMs: number): number {
    this.#advance(nowMs);
    return this.#failed;
  }

  slow(nowMs: number): number {
    this.#advance(nowMs);
    return this.#slow;
  }

  clear(): void {
    this.#totals.fill(0);
    this.#slows.fill(0);
    this.#slow = 0;
    this.#failures.fill(0);
    this.#total = 0;
    this.#failed = 0;
  }

  /** Index of the present bucket; a clock that went back stays in the newest one. */
  #advance(nowMs: number): number {
    const present = Math.max(Math.floor(nowMs / this.#bucketMs), this.#newest);
    if (present - this.#newest >= BUCKETS) this.clear();
    else for (let old = this.#newest + 1; old <= present; old++) this.#drop(old % BUCKETS);
    this.#newest = present;
    return present % BUCKETS;
  }

  #drop(bucket: number): void {
    this.#total -= this.#totals[bucket] as number;
    this.#failed -= this.#failures[bucket] as number;
    this.#slow -= this.#slows[bucket] as number;
    this.#slows[bucket] = 0;
    this.#totals[bucket] = 0;
    this.#failures[bucket] = 0;
  }
}
