import type { Db, Tx } from "#lib/store/db.ts";
import { type FramePart, readFrames } from "#lib/store/frames.ts";

/** Figures older than this say nothing of now. */
const FRESH_MS = 5_000;
const POOLS: FramePart = "pools";

/** What each pool is asked now: in flight as last measured, and requests a second of the last seconds, over all workers. */
export async function readPoolLoads(
  client: Db | Tx,
  nowMs: number,
): Promise<Map<string, { inFlight: number; requestsPerSecond: number }>> {
  const frames = await readFrames(client, nowMs - FRESH_MS, nowMs, POOLS);
  const newest = new Map(frames.map(({ workerId, atMs }) => [workerId, atMs]));
  const seconds = new Set(frames.map(({ atMs }) => atMs)).size;
  const loads = new Map<string, { inFlight: number; requestsPerSecond: number }>();
  for (const { workerId, atMs, frame } of frames)
    for (const { poolId, requests, inFlight } of frame.pools) {
      const load = loads.get(poolId) ?? { inFlight: 0, requestsPerSecond: 0 };
      load.requestsPerSecond += requests / seconds;
      if (newest.get(workerId) === atMs) load.inFlight += inFlight;
      loads.set(poolId, load);
    }
  return loads;
}
