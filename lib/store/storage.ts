// What PostgreSQL says of itself: sizes, partitions, rights.
import type { StorageView } from "#lib/contracts/retention.ts";
import type { Db } from "#lib/store/db.ts";

type Sizes = Pick<StorageView, "databaseBytes" | "tables">;
type AuditState = Pick<StorageView, "auditProtection" | "auditMonths" | "auditUnplaced">;

/** Tables with their indexes; partitions are added up under the name of their table. */
export async function readTableSizes(client: Db): Promise<Sizes> {
  const tables = await client.$queryRaw<{ name: string; bytes: bigint; rows: bigint | null }[]>`
    SELECT coalesce(parent.relname, part.relname)::text AS name, sum(pg_total_relation_size(part.oid))::bigint AS bytes,
      CASE WHEN max(part.reltuples) >= 0 THEN sum(greatest(part.reltuples, 0))::bigint END AS rows
    FROM pg_class part
    LEFT JOIN pg_inherits ON inhrelid = part.oid LEFT JOIN pg_class parent ON parent.oid = inhparent
    WHERE part.relkind = 'r' AND part.relnamespace = current_schema()::regnamespace
    GROUP BY 1 ORDER BY 2 DESC, 1`;
  const [database] = await client.$queryRaw<{ bytes: bigint }[]>`SELECT pg_database_size(current_database()) AS bytes`;
  return {
    databaseBytes: Number(database?.bytes ?? 0),
    tables: tables.map(({ name, bytes, rows }) => ({
      name,
      bytes: Number(bytes),
      rows: rows === null ? null : Number(rows),
    })),
  };
}

/** Whoever owns a table, or may act as its owner, may do anything with it. */
export async function readAuditState(client: Db): Promise<AuditState> {
  const [rights] = await client.$queryRaw<{ isOwner: boolean; unplaced: bigint }[]>`
    SELECT pg_has_role(current_user, relowner, 'MEMBER') OR has_table_privilege('audit', 'UPDATE, DELETE, TRUNCATE') AS "isOwner",
      (SELECT count(*) FROM audit WHERE tableoid = 'audit_default'::regclass) AS unplaced
    FROM pg_class WHERE oid = 'audit'::regclass`;
  const months = await client.$queryRaw<{ month: string }[]>`
    SELECT replace(substr(relname, 7), '_', '-') AS month FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = 'audit'::regclass AND relname ~ '^audit_[0-9]{4}_[0-9]{2}$' ORDER BY 1`;
  return {
    auditProtection: rights?.isOwner === false ? "roles" : "trigger",
    auditMonths: months.map(({ month }) => month),
    auditUnplaced: Number(rights?.unplaced ?? 0),
  };
}
