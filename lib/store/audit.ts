import type { Actor, AuditEntry } from "#lib/contracts/access.ts";
import { redactSecrets } from "#lib/core/audit/redact.ts";
import type { Tx } from "#lib/store/db.ts";

export type AuditRecord = {
  action: string;
  targetKind: string;
  targetId: string | null;
  targetName: string;
  /** Pool that the target is, or is of. */
  poolId?: string | undefined;
  revision?: number;
  /** What was and what is; left out where there was or is nothing. Never a secret. */
  before?: unknown;
  after?: unknown;
};

/** Who acted; `anonymous` when nobody got in. */
export type AuditActor = Pick<Actor, "id" | "name" | "address"> & { kind: AuditEntry["actorKind"] };

/** Of the JSON of one statement, in characters: it is bounded however much a publish changes. */
const STATEMENT_CHARS = 1 << 20;

/**
 * Writes what `actor` did, in the transaction that does it: an action without its audit cannot be committed. Ten thousand
 * records are a few statements, whose entries are numbered in the order of `records`.
 */
export async function writeAudit(tx: Tx, actor: AuditActor, records: readonly AuditRecord[]): Promise<void> {
  for (const rows of statementsOf(records)) await insert(tx, actor, rows);
}

/** The records as JSON arrays. Each is made when it is asked for: no two are in memory together. */
function* statementsOf(records: readonly AuditRecord[]): Generator<string> {
  let rows: string[] = [];
  let chars = 0;
  for (const record of records) {
    const row = rowOf(record);
    if (rows.length > 0 && chars + row.length > STATEMENT_CHARS) {
      yield `[${rows.join(",")}]`;
      rows = [];
      chars = 0;
    }
    rows.push(row);
    chars += row.length;
  }
  if (rows.length > 0) yield `[${rows.join(",")}]`;
}

const rowOf = (record: AuditRecord): string =>
  JSON.stringify({
    action: record.action,
    target_kind: record.targetKind,
    target_id: record.targetId,
    target_name: record.targetName,
    pool_id: record.poolId,
    revision: record.revision,
    before: redactSecrets(record.before),
    after: redactSecrets(record.after),
  });

/** @param rows a JSON array; what a row lacks, and what is null in it, is NULL */
async function insert(tx: Tx, actor: AuditActor, rows: string): Promise<void> {
  const [tokenId, tokenName] = actor.kind === "token" ? [actor.id, actor.name] : [null, null];
  await tx.$executeRaw`
    INSERT INTO audit (actor_kind, actor_id, actor_name, token_id, token_name, address,
      action, target_kind, target_id, target_name, pool_id, revision, before, after)
    SELECT ${actor.kind}::text, ${actor.id}::text, ${actor.name}::text, ${tokenId}::text, ${tokenName}::text, ${actor.address}::text,
      action, target_kind, target_id, target_name, pool_id, revision, before, after
    FROM ROWS FROM (jsonb_to_recordset(${rows}::jsonb) AS (action text, target_kind text, target_id text, target_name text,
      pool_id text, revision int, before jsonb, after jsonb)) WITH ORDINALITY
    ORDER BY ordinality`;
}
