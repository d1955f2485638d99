// Stores the worker's frames and what is computed from them, and deletes what is old. While the database is away the
// latest frames wait, up to a bound; what is dropped then is missing, and shown as missing.
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import { METRIC_RETENTION_MS } from "#lib/core/roll-up.ts";
import type { Database } from "#lib/store/control/database.ts";
import { pruneFrames, pruneRollUps, writeFrame } from "#lib/store/control/metrics.ts";
import type { Log } from "./log.ts";
import { repeat } from "./repeat.ts";
import { RollUps } from "./roll-ups.ts";

const MAX_WAITING_FRAMES = 120;
const PRUNE_EVERY_MS = 30_000;
const PRUNED_AT_ONCE = 5_000;

export type Measurements = ReturnType<typeof startMeasurements>;

export function startMeasurements(database: Database, workerId: string, log: Log) {
  const waiting: MetricFrame[] = [];
  const rollUps = new RollUps(workerId);
  let dropped = 0;
  let resumed = false;

  const storing = repeat("storing measurements", 1_000, log, async () => {
    while (waiting[0]) {
      const frame = waiting[0];
      await writeFrame(database, workerId, frame);
      if (waiting[0] === frame) waiting.shift();
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
  const pruning = repeat("pruning measurements", PRUNE_EVERY_MS, log, () => prune(database, Date.now()));

  return {
    store: (frame: MetricFrame) => {
      waiting.push(frame);
      if (waiting.length > MAX_WAITING_FRAMES) {
        waiting.shift();
        dropped++;
      }
      void storing.kick();
    },
    stop: async () => {
      await storing.kick();
      await Promise.all([storing.stop(), rolling.stop(), pruning.stop()]);
    },
  };
}

/** Small batches, so that no statement holds others up for long. Several workers may do this at once. */
async function prune(database: Database, nowMs: number): Promise<void> {
  const { "1s": keepFramesMs, ...keepMs } = METRIC_RETENTION_MS;
  while ((await pruneFrames(database, nowMs - keepFramesMs, PRUNED_AT_ONCE)) === PRUNED_AT_ONCE);
  for (const resolution of ["10s", "1m", "1h"] as const) {
    while ((await pruneRollUps(database, resolution, nowMs - keepMs[resolution], PRUNED_AT_ONCE)) === PRUNED_AT_ONCE);
  }
}
