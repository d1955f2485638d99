// Reading single requests that were kept: by filters, newest first.
import type { RequestQuery, RequestRecord } from "#lib/contracts/requests.ts";
import type { Db } from "#lib/store/db.ts";
import { Prisma } from "#lib/store/generated/client.ts";

export type StoredRequest = { id: bigint; at: Date; workerId: string; record: RequestRecord };
type Filter = Omit<RequestQuery, "limit" | "cursor"> & {
  /** Only of these pools. */
  poolIds?: readonly string[] | undefined;
};

/** At most `limit` with numbers below `before`, newest first. */
export async function readRequests(
  client: Db,
  filter: Filter,
  { before, limit }: { before: bigint | undefined; limit: number },
): Promise<StoredRequest[]> {
  const where = conditions(filter);
  if (before !== undefined) where.push(Prisma.sql`id < ${before}`);
  return client.$queryRaw<StoredRequest[]>`
    SELECT id, at, worker_id AS "workerId", record FROM request_record
    WHERE ${where.length === 0 ? Prisma.sql`true` : Prisma.join(where, " AND ")}
    ORDER BY id DESC LIMIT ${limit}`;
}

function conditions(filter: Filter): Prisma.Sql[] {
  const { poolId, routeId, nodeId, cause, status, kept, path, requestId, minMs, from, to, poolIds } = filter;
  const all: (Prisma.Sql | undefined)[] = [
    from === undefined ? undefined : Prisma.sql`at >= ${new Date(from)}`,
    to === undefined ? undefined : Prisma.sql`at < ${new Date(to)}`,
    requestId === undefined ? undefined : Prisma.sql`request_id = ${requestId}`,
    poolId === undefined ? undefined : Prisma.sql`pool_id = ${poolId}::uuid`,
    poolIds === undefined ? undefined : Prisma.sql`pool_id = ANY (${[...poolIds]}::uuid[])`,
    routeId === undefined ? undefined : Prisma.sql`route_id = ${routeId}::uuid`,
    nodeId === undefined ? undefined : Prisma.sql`node_ids @> ARRAY[${nodeId}::uuid]`,
    cause === undefined ? undefined : Prisma.sql`(cause = ${cause} OR record->>'code' = ${cause})`,
    status === undefined ? undefined : statusIs(status),
    kept === undefined ? undefined : Prisma.sql`kept @> ARRAY[${kept}]`,
    path === undefined ? undefined : Prisma.sql`position(lower(${path}) in lower(path)) > 0`,
    minMs === undefined ? undefined : Prisma.sql`took_ms >= ${minMs}`,
  ];
  return all.filter((each) => each !== undefined);
}

const statusIs = (status: string): Prisma.Sql =>
  status.endsWith("xx")
    ? Prisma.sql`status >= ${Number(status[0]) * 100} AND status < ${Number(status[0]) * 100 + 100}`
    : Prisma.sql`status = ${Number(status)}`;

/** Records lost since `since`, of all workers. */
export async function readDropped(client: Db, since: Date): Promise<number> {
  const { _sum } = await client.requestDrop.aggregate({ _sum: { count: true }, where: { at: { gte: since } } });
  return _sum.count ?? 0;
}
