// Reading the audit: by filters, newest first, in parts. Each part is a query of its own, so that however long a reader takes,
// no transaction stays open that would keep a month from being dropped.
import type { AuditEntry, AuditFilter } from "#lib/contracts/access.ts";
import type { Db } from "#lib/store/db.ts";
import { Prisma } from "#lib/store/generated/client.ts";

type Row = Omit<AuditEntry, "id" | "at"> & { id: bigint; at: Date };

/** At most `limit` entries with numbers below `before`, newest first. */
export async function readAudit(
  client: Db,
  filter: AuditFilter,
  { before, limit }: { before: bigint | undefined; limit: number },
): Promise<AuditEntry[]> {
  const where = conditions(filter);
  if (before !== undefined) where.push(Prisma.sql`id < ${before}`);
  const rows = await client.$queryRaw<Row[]>`
    SELECT id, at, actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName", token_id AS "tokenId",
      token_name AS "tokenName", address, action, target_kind AS "targetKind", target_id AS "targetId",
      target_name AS "targetName", pool_id AS "poolId", revision, before, after
    FROM audit WHERE ${where.length === 0 ? Prisma.sql`true` : Prisma.join(where, " AND ")}
    ORDER BY id DESC LIMIT ${limit}`;
  return rows.map((row) => ({ ...row, id: String(row.id), at: row.at.toISOString() }));
}

function conditions(filter: AuditFilter): Prisma.Sql[] {
  const { actor, action, target, targetId, poolId, revision, token, from, to, text } = filter;
  const all: (Prisma.Sql | undefined)[] = [
    from === undefined ? undefined : Prisma.sql`at >= ${new Date(from)}`,
    to === undefined ? undefined : Prisma.sql`at < ${new Date(to)}`,
    actor === undefined ? undefined : Prisma.sql`(actor_id = ${actor} OR actor_name ILIKE ${part(actor)})`,
    action === undefined ? undefined : Prisma.sql`(action = ${action} OR starts_with(action, ${`${action}.`}))`,
    target === undefined ? undefined : Prisma.sql`(target_id = ${target} OR target_name ILIKE ${part(target)})`,
    targetId === undefined ? undefined : Prisma.sql`target_id = ${targetId}`,
    poolId === undefined ? undefined : Prisma.sql`pool_id = ${poolId}`,
    revision === undefined ? undefined : Prisma.sql`revision = ${revision}`,
    token === undefined ? undefined : Prisma.sql`(token_id = ${token} OR lower(token_name) = lower(${token}))`,
    text === undefined ? undefined : anywhere(part(text)),
  ];
  return all.filter((each) => each !== undefined);
}

const anywhere = (pattern: string) => Prisma.sql`(actor_name ILIKE ${pattern} OR target_name ILIKE ${pattern}
  OR action ILIKE ${pattern} OR address ILIKE ${pattern} OR token_name ILIKE ${pattern}
  OR before::text ILIKE ${pattern} OR after::text ILIKE ${pattern})`;

/** Letters that mean something to LIKE stand for themselves. */
const part = (text: string): string => `%${text.replace(/[\\%_]/g, (letter) => `\\${letter}`)}%`;
