import type { Actor, AuditEntry } from "#lib/contracts/access.ts";
import { redactSecrets } from "#lib/core/audit/redact.ts";
import type { Tx } from "#lib/store/db.ts";
import { Prisma } from "#lib/store/generated/client.ts";

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

/** Writes what `actor` did, in the transaction that does it: an action without its audit cannot be committed. */
export async function writeAudit(tx: Tx, actor: AuditActor, records: readonly AuditRecord[]): Promise<void> {
  await tx.audit.createMany({
    data: records.map((record) => ({
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      tokenId: actor.kind === "token" ? actor.id : null,
      tokenName: actor.kind === "token" ? actor.name : null,
      address: actor.address,
      action: record.action,
      targetKind: record.targetKind,
      targetId: record.targetId,
      targetName: record.targetName,
      poolId: record.poolId ?? null,
      revision: record.revision ?? null,
      before: json(record.before),
      after: json(record.after),
    })),
  });
}

const json = (value: unknown) =>
  value === undefined || value === null ? Prisma.DbNull : (redactSecrets(value) as Prisma.InputJsonValue);
