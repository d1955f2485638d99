// Changes of what is kept beside the configuration (certificates, notification channels): in turn, audited, told to the workers,
// in no revision. Both are sealed, so that nobody changes them with a key that was rotated since.
import type { Actor } from "#lib/contracts/access.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { requireOwnKey } from "#lib/services/own-key.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import { notify } from "#lib/store/notify.ts";

/** A row that was made has no `before`, one that was deleted no `after`. */
export type ChangeOf<Row> = { id: string; before: Row | null; after: Row | null };

type Kind<Row> = {
  /** As the audit calls it. */
  name: string;
  /** One change at a time, in the whole cluster: names are unique without case. */
  lock: number;
  /** Where the workers hear of it, once it is committed. */
  channel: Parameters<typeof notify>[1];
  /** What the audit says of a row: never a secret. */
  told: (row: Row) => object;
};

export function changeInTurn<Row extends { name: string }>(
  kind: Kind<Row>,
  actor: Actor,
  change: (tx: Tx) => Promise<ChangeOf<Row>>,
): Promise<ChangeOf<Row>> {
  return db().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${kind.lock})`;
    await requireOwnKey(tx);
    const changed = await change(tx);
    const { id, before, after } = changed;
    const act = before === null ? "create" : after === null ? "delete" : "update";
    await writeAudit(tx, actor, [
      {
        action: `${kind.name}.${act}`,
        targetKind: kind.name,
        targetId: id,
        targetName: (after ?? before)?.name ?? "",
        before: before && kind.told(before),
        after: after && kind.told(after),
      },
    ]);
    await notify(tx, kind.channel, id);
    return changed;
  });
}

/** @throws {ServiceError} `duplicate-name` when another one than `ownId` has the name */
export function refuseTaken(what: string, other: { id: string; name: string } | null, ownId: string): void {
  if (other === null || other.id === ownId) return;
  throw new ServiceError("duplicate-name", `There is a ${what} named ${other.name} already.`, {
    faults: [{ path: ["name"], code: "duplicate-name", message: "is taken" }],
  });
}
