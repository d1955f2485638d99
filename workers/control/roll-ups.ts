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

/** The last frame of a span is stored a little after the span's end. */
const SETTLE_MS = 1_500;

const startOf = (atMs: number, resolution: RollUpResolution): number => spanStartMs(atMs, SPAN_MS[resolution]);

/** Which spans of one worker are out of date. */
export class RollUps {
  readonly #workerId: string;
  readonly #stale = { "10s": new Set<number>(), "1m": new Set<number>(), "1h": new Set<number>() };

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
  }

  /** Computes the spans that are over and stale; an hour is brought up to date when one of its minutes is over. */
  async run(db: Queryable, nowMs: number): Promise<void> {
    const over = [...this.#stale["10s"]].filter((atMs) => atMs + SPAN_MS["10s"] + SETTLE_MS <= nowMs);
    for (const atMs of over) {
      await this.#compute("10s", atMs, async () => {
        const frames = await readFrames(db, this.#workerId, atMs, atMs + SPAN_MS["10s"]);
        await writeRollUps(db, this.#workerId, "10s", rollUpFrames(frames, "10s"));
      });
      this.#stale["1m"].add(startOf(atMs, "1m"));
    }
    for (const atMs of [...this.#stale["1m"]]) {
      await this.#compute("1m", atMs, () => this.#fromBelow(db, "1m", "10s", atMs));
      if (atMs + SPAN_MS["1m"] <= nowMs) this.#stale["1h"].add(startOf(atMs, "1h"));
    }
    for (const atMs of [...this.#stale["1h"]]) {
      await this.#compute("1h", atMs, () => this.#fromBelow(db, "1h", "1m", atMs));
    }
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

  async #fromBelow(db: Queryable, resolution: "1m" | "1h", below: "10s" | "1m", atMs: number): Promise<void> {
    const parts = await readRollUps(db, this.#workerId, below, atMs, atMs + SPAN_MS[resolution]);
    await writeRollUps(db, this.#workerId, resolution, rollUp(parts, resolution));
  }
}
