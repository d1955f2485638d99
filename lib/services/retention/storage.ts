import type { Actor } from "#lib/contracts/access.ts";
import { CleanUpKind, type CleanUpView, type StorageView } from "#lib/contracts/retention.ts";
import { authorise } from "#lib/services/access.ts";
import { db } from "#lib/store/db.ts";
import { readAuditState, readTableSizes } from "#lib/store/storage.ts";

/** What history takes up, how its clean-ups went, and how the audit is protected. */
export async function readStorage(actor: Actor): Promise<StorageView> {
  authorise(actor, "operator");
  const [sizes, audit, cleanUps] = await Promise.all([readTableSizes(db()), readAuditState(db()), readCleanUps()]);
  return { ...sizes, ...audit, cleanUps };
}

async function readCleanUps(): Promise<CleanUpView[]> {
  const rows = await db().cleanUp.findMany({ orderBy: { kind: "asc" } });
  return rows.map((row) => ({
    kind: CleanUpKind.parse(row.kind),
    at: row.at.toISOString(),
    durationMs: row.durationMs,
    removed: Number(row.removed),
    removedAt: row.removedAt?.toISOString() ?? null,
    workedAt: row.workedAt?.toISOString() ?? null,
    error: row.error,
  }));
}
