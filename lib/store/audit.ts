import type { Actor } from "#lib/contracts/access.ts";
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

/** Writes what `actor` did, in the transaction that does it: an action without its audit cannot be committed. */
export async function writeAudit(tx: Tx, actor: Actor, records: readonly AuditRecord[]): Promise<void> {
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
  value === undefined || value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue);
