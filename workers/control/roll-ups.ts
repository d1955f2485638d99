// Roll-ups are computed from what is stored, one resolution from the one below, and replace what they wrote before: a
// restart, an outage or a late frame only means computing a span again, and nothing can be counted twice.
import { METRIC_RESOLUTIONS as SPAN_MS } from "#lib/contracts/metrics.ts";
import { METRIC_RETENTION_MS, rollUp, rollUpFrames, spanStartMs } from "#lib/core/roll-up.ts";
import type { Queryable } from "#lib/store/control/database.ts";
import {
  newestRollUpMs,
  type RollUpResolution,
  readFrames,
  readRollUps,
  writeRollUps,
} from "#lib/store/control/metrics.ts";

/** Each from the one before it: what a span is made of is then little, whatever its length. */
const ABOVE = [
  ["10s", "1m"],
  ["1m", "5m"],
  ["5m", "1h"],
  ["1h", "1d"],
] as const;
/** A span of those that are made of these is brought up to date when one of these is over; of the others, with each change. */
const WHOLE: ReadonlySet<RollUpResolution> = new Set(["1m", "1h"]);

/** The last frame of a span is stored a little after the span's end. */
const SETTLE_MS = 1_500;

const startOf = (atMs: number, resolution: RollUpResolution): number => spanStartMs(atMs, SPAN_MS[resolution]);

/** Which spans of one worker are out of date. */
export class RollUps {
  readonly #workerId: string;
  readonly #stale: Record<RollUpResolution, Set<number>> = {
    "10s": new Set(),
    "1m": new Set(),
    "5m": new Set(),
    "1h": new Set(),
    "1d": new Set(),
  };

  constructor(workerId: string) {
    this.#workerId = workerId;
  }

  /** The frame of the second that ended at `atMs` was stored. */
  frameStored(atMs: number): void {
    this.#stale["10s"].add(startOf(atMs - 1, "10s"));
  }

  /** After a start: whatever an earlier run stored and did not roll up. */
  async resume(db: Queryable, nowMs: number): Promise<void> {
    const newestMs = await newestRollUpMs(db, this.#workerId, "10s");
    const fromMs = Math.max(newestMs ?? 0, startOf(nowMs - METRIC_RETENTION_MS["1s"], "10s"));
    for (let atMs = fromMs; atMs <= nowMs; atMs += SPAN_MS["10s"]) this.#stale["10s"].add(atMs);
    // An hour is made of these: an earlier version of the product may have stored its minutes only.
    for (let atMs = startOf(fromMs, "1h"); atMs <= nowMs; atMs += SPAN_MS["5m"]) this.#stale["5m"].add(atMs);
  }

  /** Computes the spans that are stale, those of ten seconds when they are over. */
  async run(db: Queryable, nowMs: number): Promise<void> {
    const over = [...this.#stale["10s"]].filter((atMs) => atMs + SPAN_MS["10s"] + SETTLE_MS <= nowMs);
    for (const atMs of over) {
      await this.#compute("10s", atMs, async () => {
        const frames = await readFrames(db, this.#workerId, atMs, atMs + SPAN_MS["10s"]);
        await writeRollUps(db, this.#workerId, "10s", rollUpFrames(frames, "10s"));
      });
      this.#stale["1m"].add(startOf(atMs, "1m"));
    }
    for (const [below, resolution] of ABOVE) {
      for (const atMs of [...this.#stale[resolution]]) {
        await this.#compute(resolution, atMs, () => this.#fromBelow(db, resolution, below, atMs));
        this.#changed(resolution, atMs, nowMs);
      }
    }
  }

  /** What is made of the span that was computed is out of date. */
  #changed(resolution: RollUpResolution, atMs: number, nowMs: number): void {
    const above = ABOVE.find(([below]) => below === resolution)?.[1];
    if (above === undefined || (WHOLE.has(resolution) && atMs + SPAN_MS[resolution] > nowMs)) return;
    this.#stale[above].add(startOf(atMs, above));
  }

  /** A span that goes stale again while it is computed stays so, and so does one that could not be computed. */
  async #compute(resolution: RollUpResolution, atMs: number, work: () => Promise<void>): Promise<void> {
    this.#stale[resolution].delete(atMs);
    try {
      await work();
    } catch (cause) {
      this.#stale[resolution].add(atMs);
      throw cause;
    }
  }

  async #fromBelow(db: Queryable, resolution: RollUpResolution, below: RollUpResolution, atMs: number): Promise<void> {
    const parts = await readRollUps(db, this.#workerId, below, atMs, atMs + SPAN_MS[resolution]);
    await writeRollUps(db, this.#workerId, resolution, rollUp(parts, resolution));
  }
}
