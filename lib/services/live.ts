// What the live stream tells: the same facts and figures that the API answers, for everybody who may read them.
import type { Alert } from "#lib/contracts/alerts.ts";
import type { LiveNode, LiveTick } from "#lib/contracts/views.ts";
import { groupBy } from "#lib/core/group-by.ts";
import { toLiveTick } from "#lib/core/metrics.ts";
import { toAlert } from "#lib/services/alerts.ts";
import { currentHead } from "#lib/services/head.ts";
import { nodeViews } from "#lib/services/views.ts";
import { db } from "#lib/store/db.ts";
import { type FramePart, readFrames } from "#lib/store/frames.ts";

/** In a fleet with more nodes than this, the history that a page opens with is that of its pools only. */
const NODES_WITH_HISTORY = 200;

/** Ticks of the seconds that ended after `fromMs` and not after `toMs`; frames of several workers are merged. */
export async function readTicks(fromMs: number, toMs: number, part: FramePart = "all"): Promise<LiveTick[]> {
  const frames = await readFrames(db(), fromMs, toMs, part);
  return groupBy(frames, ({ atMs }) => atMs).map((second) => toLiveTick(second.map(({ frame }) => frame)));
}

/** Ticks of the given past, as much of them as a page may open with. */
export async function readHistory(fromMs: number, toMs: number): Promise<LiveTick[]> {
  const { document } = await currentHead();
  const nodes = document.pools.reduce((sum, pool) => sum + pool.nodes.length, 0);
  return readTicks(fromMs, toMs, nodes > NODES_WITH_HISTORY ? "pools" : "all");
}

/** Facts and status of those of the given nodes that are configured. */
export async function readLiveNodes(ids: ReadonlySet<string>): Promise<LiveNode[]> {
  const { document } = await currentHead();
  const wanted = document.pools.flatMap((pool) =>
    pool.nodes.filter((node) => ids.has(node.id)).map((node) => ({ pool, node })),
  );
  const views = await nodeViews(wanted);
  return views.map(({ id, poolId, facts, status, statusReason }) => ({
    nodeId: id,
    poolId,
    facts,
    status,
    statusReason,
  }));
}

/** Nodes whose status changes by itself, without a fact that changes: drains that run empty, ramps that climb. */
export async function readUnsettled(): Promise<Set<string>> {
  const select = { nodeId: true } as const;
  const [drains, ramps] = await Promise.all([
    db().nodeAdminState.findMany({ where: { state: "drain" }, select }),
    db().nodeWarmUp.findMany({ select }),
  ]);
  return new Set([...drains, ...ramps].map((row) => row.nodeId));
}

export async function readAlert(id: string): Promise<Alert | null> {
  const row = await db().alert.findUnique({ where: { id } });
  return row && toAlert(row);
}
