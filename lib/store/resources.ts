// Nodes' resources, as the API reads and writes them.
import { CHANNELS } from "#lib/contracts/bus.ts";
import { MIN_PUSH_MS, ResourceReading } from "#lib/contracts/resources.ts";
import type { ToldResources } from "#lib/core/resources/current.ts";
import type { ResourceSpan } from "#lib/core/resources/series.ts";
import type { Db, Tx } from "#lib/store/db.ts";
import type { NodeResource, ResourceRollup } from "#lib/store/generated/client.ts";
import { notify } from "#lib/store/notify.ts";
import { type ToldRow, toldJson, WRITE_HISTORY, WRITE_LATEST } from "#lib/store/resource-sql.ts";

/** What was told last of the given nodes, or of all of them, by node. */
export async function readTold(client: Db | Tx, nodeIds?: readonly string[]): Promise<Map<string, ToldResources>> {
  const rows = await client.nodeResource.findMany({ where: nodeIds && { nodeId: { in: [...nodeIds] } } });
  return new Map(
    rows.flatMap((row) => {
      const told = toTold(row);
      return told ? [[row.nodeId, told] as const] : [];
    }),
  );
}

/** A worker of another version may tell what this one does not know. */
function toTold({ at, source, toldBy, reading }: NodeResource): ToldResources | null {
  const known = ResourceReading.safeParse(reading).data;
  return known ? { source: source as "scrape" | "push", atMs: at.getTime(), by: toldBy, reading: known } : null;
}

/** Writes what an agent pushed, its history, and tells gb_resources when the transaction commits. */
export async function writePush(tx: Tx, row: ToldRow): Promise<void> {
  const told = toldJson([row]);
  await tx.$executeRawUnsafe(WRITE_LATEST, told);
  await tx.$executeRawUnsafe(WRITE_HISTORY, told);
  await notify(tx, CHANNELS.resources, row.nodeId);
}

/**
 * Holds the node's row until the transaction ends, so that pushes take turns.
 * @returns the database's time, and how long ago the last push came; null: the node is not there
 */
export async function lockForPush(tx: Tx, nodeId: string): Promise<{ nowMs: number; isTooSoon: boolean } | null> {
  const [row] = await tx.$queryRaw<{ now: Date; soon: boolean }[]>`
    SELECT clock_timestamp() AS now, coalesce((SELECT source = 'push' AND at > clock_timestamp() - ${MIN_PUSH_MS}::int * interval '1 millisecond'
      FROM node_resource WHERE node_id = node.id), false) AS soon
    FROM node WHERE id = ${nodeId}::uuid FOR NO KEY UPDATE`;
  return row ? { nowMs: row.now.getTime(), isTooSoon: row.soon } : null;
}

/** Stored spans of a node, oldest first. */
export async function readResourceSpans(
  client: Db,
  { nodeId, resolution, fromMs, toMs }: { nodeId: string; resolution: string; fromMs: number; toMs: number },
): Promise<ResourceSpan[]> {
  const rows = await client.resourceRollup.findMany({
    where: { nodeId, resolution, at: { gte: new Date(fromMs), lt: new Date(toMs) } },
    orderBy: { at: "asc" },
  });
  return rows.map(spanOf);
}

/** Those of all nodes, by node, the oldest first of each. */
export async function readAllResourceSpans(
  client: Db,
  { resolution, fromMs, toMs }: { resolution: string; fromMs: number; toMs: number },
): Promise<Map<string, ResourceSpan[]>> {
  const rows = await client.resourceRollup.findMany({
    where: { resolution, at: { gte: new Date(fromMs), lt: new Date(toMs) } },
    orderBy: { at: "asc" },
  });
  const spans = new Map<string, ResourceSpan[]>();
  for (const row of rows) {
    const list = spans.get(row.nodeId);
    if (list) list.push(spanOf(row));
    else spans.set(row.nodeId, [spanOf(row)]);
  }
  return spans;
}

const spanOf = ({ at, ...row }: ResourceRollup): ResourceSpan => ({
  atMs: at.getTime(),
  cpu: { count: row.cpuCount, sum: row.cpuSum, max: row.cpuMax },
  memory: { count: row.memoryCount, sum: row.memorySum, max: row.memoryMax },
  memoryRatio: { count: row.memoryRatioCount, sum: row.memoryRatioSum, max: null },
  backlog: { count: row.backlogCount, sum: row.backlogSum, max: row.backlogMax },
});
