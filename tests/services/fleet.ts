// A worker as the database knows it: its row, its frames, its notifications.
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import { emptyCounts } from "#lib/core/counts.ts";
import { bucketOf } from "#lib/core/histogram.ts";
import { db } from "#lib/store/db.ts";

/** A worker that runs every revision, and stays live however slow the machine is. */
export async function makeWorker(id: string): Promise<void> {
  const fields = {
    host: id,
    startedAt: new Date(),
    heartbeatAt: new Date(Date.now() + 3_600_000),
    revision: 1_000_000,
  };
  await db().worker.upsert({ where: { id }, create: { id, ...fields }, update: fields });
  await notify(CHANNELS.worker, id);
}

export const notify = (channel: string, payload: string) => db().$executeRaw`SELECT pg_notify(${channel}, ${payload})`;

/** Counts of `requests` successes that took `latencyMs` each. */
export const counts = (requests: number, latencyMs: number) => ({
  ...emptyCounts(),
  requests,
  successes: requests,
  status2xx: requests,
  latencyUs: requests === 0 ? { i: [], n: [] } : { i: [bucketOf(latencyMs * 1_000)], n: [requests] },
});

export const frameOf = (atMs: number, poolId: string, requests: number, latencyMs: number): MetricFrame => ({
  atMs,
  pools: [{ poolId, ...counts(requests, latencyMs), inFlight: 1, queued: 0 }],
  nodes: [],
});

/** Stores the frame of a second as control does, and tells of it. */
export async function writeFrame(workerId: string, frame: MetricFrame): Promise<void> {
  await storeFrame(workerId, frame);
  await tellFrame(workerId, frame);
}
export const storeFrame = (workerId: string, frame: MetricFrame) =>
  db().metricFrame.create({ data: { workerId, at: new Date(frame.atMs), frame } });
export const tellFrame = (workerId: string, frame: MetricFrame) => notify(CHANNELS.tick, `${workerId} ${frame.atMs}`);

/** The last whole second. */
export const lastSecond = (): number => Math.floor(Date.now() / 1_000) * 1_000;
