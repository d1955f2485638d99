// Nodes' resources, as a worker writes and reads them.
import { CHANNELS } from "#lib/contracts/bus.ts";
import { ResourceReading } from "#lib/contracts/resources.ts";
import type { ToldResources } from "#lib/core/resources/current.ts";
import { type ToldRow, toldJson, WRITE_HISTORY, WRITE_LATEST } from "#lib/store/resource-sql.ts";
import { notifyIds, type Queryable } from "./database.ts";

/** Writes what was told, its history, and tells gb_resources. Call it in a transaction. */
export async function writeResources(tx: Queryable, rows: readonly ToldRow[]): Promise<void> {
  if (rows.length === 0) return;
  const told = toldJson(rows);
  await tx.query(WRITE_LATEST, [told]);
  await tx.query(WRITE_HISTORY, [told]);
  await notifyIds(tx, CHANNELS.resources, [...new Set(rows.map(({ nodeId }) => nodeId))]);
}

/** What was told last of nodes by anybody, or by anybody but one worker. */
export async function readTold(db: Queryable, butBy = ""): Promise<Map<string, ToldResources>> {
  const { rows } = await db.query<{ id: string; at: Date; source: "scrape" | "push"; by: string; reading: unknown }>(
    "SELECT node_id AS id, at, source, told_by AS by, reading FROM node_resource WHERE told_by <> $1",
    [butBy],
  );
  return new Map(
    rows.flatMap(({ id, at, source, by, reading }) => {
      // A worker of another version may tell what this one does not know.
      const known = ResourceReading.safeParse(reading).data;
      return known ? [[id, { source, atMs: at.getTime(), by, reading: known }] as const] : [];
    }),
  );
}

/** Workers among whom nodes are shared out: those with a fresh heartbeat, by the database's clock. */
export async function readSharers(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    "SELECT id FROM worker WHERE heartbeat_at > now() - interval '10 seconds'",
  );
  return rows.map(({ id }) => id);
}
