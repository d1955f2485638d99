// Stores the worker's frames and what is computed from them; retention-keeper.ts deletes what is old. While the database is away the
// latest frames wait, up to a bound; what is dropped then is missing, and shown as missing.
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { Database } from "#lib/store/control/database.ts";
import { writeFrame } from "#lib/store/control/metrics.ts";
import type { Log } from "./log.ts";
import { repeat } from "./repeat.ts";
import { RollUps } from "./roll-ups.ts";

const MAX_WAITING_FRAMES = 120;

/** Seconds that were measured and wait to be stored, that were given up, and the end of the newest that is stored; null: none yet. */
export type StoringCounts = { waiting: number; dropped: number; storedMs: number | null };

export type Measurements = ReturnType<typeof startMeasurements>;

export function startMeasurements(database: Database, workerId: string, log: Log) {
  const waiting: MetricFrame[] = [];
  const rollUps = new RollUps(workerId);
  let dropped = 0;
  const told: StoringCounts = { waiting: 0, dropped: 0, storedMs: null };
  let resumed = false;

  const storing = repeat("storing measurements", 1_000, log, async () => {
    while (waiting[0]) {
      const frame = waiting[0];
      await writeFrame(database, workerId, frame);
      if (waiting[0] === frame) waiting.shift();
      told.storedMs = frame.atMs;
      rollUps.frameStored(frame.atMs);
    }
    if (dropped > 0) log.warn({ dropped }, "frames were dropped while the database was away");
    dropped = 0;
  });
  const rolling = repeat("rolling measurements up", 1_000, log, async () => {
    const nowMs = Date.now();
    if (!resumed) await rollUps.resume(database, nowMs);
    resumed = true;
    await rollUps.run(database, nowMs);
  });

  return {
    /** How storing goes, since this process started. */
    get counts(): StoringCounts {
      return { ...told, waiting: waiting.length };
    },
    store: (frame: MetricFrame) => {
      waiting.push(frame);
      if (waiting.length > MAX_WAITING_FRAMES) {
        waiting.shift();
        dropped++;
        told.dropped++;
      }
      void storing.kick();
    },
    stop: async () => {
      await storing.kick();
      await Promise.all([storing.stop(), rolling.stop()]);
    },
  };
}
