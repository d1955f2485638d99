// Keeps the relational tables pool, node and route in step with the document in force. Only what differs is written, in
// a fixed number of statements, so that one changed weight among 10,000 nodes costs one row.
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { nameKey } from "#lib/core/config/same.ts";
import type { Sql } from "#lib/store/canary/sql.ts";

type Statements = Pick<Sql, "$executeRaw">;
type Row = { id: string };
/** `released`: those that give up something that is unique, which another row may take in the same step. */
type Difference<R extends Row> = { removed: string[]; written: R[]; released: string[] };

/** Brings the tables from `before` to `after`, which has been validated. */
export async function syncConfigTables(tx: Statements, before: ConfigDocument, after: ConfigDocument): Promise<void> {
  const pools = difference(poolRows(before), poolRows(after), (row) => `${row.name_key} ${row.is_default}`);
  const nodes = difference(nodeRows(before), nodeRows(after), (row) => `${row.pool_id} ${row.name_key}`);
  const routes = difference(routeRows(before), routeRows(after), () => "");

  // Routes go first and come last: they hold on to their pools. Removing a node takes its facts along.
  await tx.$executeRaw`DELETE FROM route WHERE id = ANY(${routes.removed}::uuid[])`;
  await tx.$executeRaw`DELETE FROM node WHERE id = ANY(${nodes.removed}::uuid[])`;
  await writePools(tx, pools);
  await writeNodes(tx, nodes);
  await writeRoutes(tx, routes.written);
  await tx.$executeRaw`DELETE FROM pool WHERE id = ANY(${pools.removed}::uuid[])`;
}

const poolRows = (document: ConfigDocument) =>
  document.pools.map(({ id, name, algorithm, isDefault, nodes: _, ...settings }, position) => ({
    id,
    name,
    name_key: nameKey(name),
    algorithm,
    is_default: isDefault,
    position,
    settings,
  }));
const nodeRows = (document: ConfigDocument) =>
  document.pools.flatMap((pool) =>
    pool.nodes.map(({ id, name, url, weight, backup, ...settings }, position) => ({
      id,
      pool_id: pool.id,
      name,
      name_key: nameKey(name),
      url,
      weight,
      backup,
      position,
      settings,
    })),
  );
const routeRows = (document: ConfigDocument) =>
  document.routes.map(({ id, name, poolId, match, ...settings }, position) => ({
    id,
    name,
    pool_id: poolId,
    match,
    position,
    settings,
  }));

/** @param uniqueOf what of a row no other row may have */
function difference<R extends Row>(before: R[], after: R[], uniqueOf: (row: R) => string): Difference<R> {
  const old = new Map(before.map((row) => [row.id, { text: JSON.stringify(row), unique: uniqueOf(row) }]));
  const written = after.filter((row) => old.get(row.id)?.text !== JSON.stringify(row));
  const isReleased = (row: R) => {
    const known = old.get(row.id);
    return known !== undefined && known.unique !== uniqueOf(row);
  };
  const kept = new Set(after.map((row) => row.id));
  return {
    removed: before.filter((row) => !kept.has(row.id)).map((row) => row.id),
    written,
    released: written.filter(isReleased).map((row) => row.id),
  };
}

type PoolRow = ReturnType<typeof poolRows>[number];
async function writePools(tx: Statements, { removed, released, written }: Difference<PoolRow>): Promise<void> {
  const leaving = [...removed, ...released];
  // Two pools may swap names or the default: what a unique index guards is given up before it is taken.
  if (leaving.length > 0)
    await tx.$executeRaw`UPDATE pool SET name_key = id::text, is_default = false WHERE id = ANY(${leaving}::uuid[])`;
  if (written.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO pool (id, name, name_key, algorithm, is_default, position, settings)
    SELECT id, name, name_key, algorithm, is_default, position, settings FROM jsonb_to_recordset(${JSON.stringify(written)}::jsonb)
      AS r(id uuid, name text, name_key text, algorithm text, is_default boolean, position int, settings jsonb)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, algorithm = excluded.algorithm,
      is_default = excluded.is_default, position = excluded.position, settings = excluded.settings`;
}

type NodeRow = ReturnType<typeof nodeRows>[number];
async function writeNodes(tx: Statements, { released, written }: Difference<NodeRow>): Promise<void> {
  if (released.length > 0)
    await tx.$executeRaw`UPDATE node SET name_key = id::text WHERE id = ANY(${released}::uuid[])`;
  if (written.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO node (id, pool_id, name, name_key, url, weight, backup, position, settings)
    SELECT id, pool_id, name, name_key, url, weight, backup, position, settings
      FROM jsonb_to_recordset(${JSON.stringify(written)}::jsonb) AS r(id uuid, pool_id uuid, name text, name_key text,
        url text, weight int, backup boolean, position int, settings jsonb)
    ON CONFLICT (id) DO UPDATE SET pool_id = excluded.pool_id, name = excluded.name, name_key = excluded.name_key,
      url = excluded.url, weight = excluded.weight, backup = excluded.backup, position = excluded.position,
      settings = excluded.settings`;
}

type RouteRow = ReturnType<typeof routeRows>[number];
async function writeRoutes(tx: Statements, written: RouteRow[]): Promise<void> {
  if (written.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO route (id, name, pool_id, match, position, settings)
    SELECT id, name, pool_id, match, position, settings FROM jsonb_to_recordset(${JSON.stringify(written)}::jsonb)
      AS r(id uuid, name text, pool_id uuid, match jsonb, position int, settings jsonb)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, pool_id = excluded.pool_id, match = excluded.match,
      position = excluded.position, settings = excluded.settings`;
}
