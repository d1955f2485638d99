// How every canary begins, whatever it is of.
import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { CanaryView } from "#lib/contracts/canary.ts";
import type { CanarySettings, ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { canaryFaults } from "#lib/core/canary/documents.ts";
import { sameDocument } from "#lib/core/config/same.ts";
import { requireAuthorities } from "#lib/services/authorities.ts";
import { readCanary } from "#lib/services/canaries/read-canaries.ts";
import { requireNoCanary } from "#lib/services/canaries/require-no-canary.ts";
import { tellOperations } from "#lib/services/operation-audit.ts";
import { requireInForce } from "#lib/services/publish-conditions.ts";
import { requireWarningsConfirmed } from "#lib/services/publish-warnings.ts";
import { requireSealed } from "#lib/services/secrets/seal-operations.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import { notify } from "#lib/store/notify.ts";
import { type Head, insertRevision, nextNumber, publishInTurn, readHead } from "#lib/store/revisions.ts";

export type StartOptions = {
  /** Refuse unless this is the revision in force. */
  ifMatch?: number;
};

/** What the canary's clients are to use, decided over the revision in force while nobody publishes. */
export type CanaryDraft = {
  document: ConfigDocument;
  /** Those that led to it, as the audit tells them. */
  operations: readonly ConfigOperation[];
  /** Of the revision, instead of those of the first operation. */
  action?: string;
  target?: string;
  changeSet?: { id: string; name: string; version: number };
};
type Given = {
  settings: CanarySettings;
  note: string;
  /** Warnings that the publisher has read and accepts. */
  confirm: readonly string[];
};

/**
 * Has a share of the clients use what `draftOf` makes of the configuration in force.
 * @throws {ServiceError} `canary-running`, `stale-revision`, `conflict` when it changes nothing, `invalid-input` when it is
 * nothing that a canary can try out, `unconfirmed-warnings`, or what `draftOf` throws
 */
export async function beginCanary(
  actor: Actor,
  given: Given,
  { ifMatch }: StartOptions,
  draftOf: (tx: Tx, head: Head) => Promise<CanaryDraft>,
): Promise<CanaryView> {
  const id = randomUUID();
  await db().$transaction(async (tx) => {
    await publishInTurn(tx);
    const head = await readHead(tx);
    requireInForce(ifMatch, head.number);
    await requireNoCanary(tx);
    const draft = await draftOf(tx, head);
    requireTriable(head.document, draft.document);
    const { confirm } = given;
    await requireWarningsConfirmed(tx, head.document, draft.document, { confirm, scope: "reviewed" });
    await commit(tx, actor, { id, ...given }, head, draft);
  });
  return readCanary(id);
}

function requireTriable(control: ConfigDocument, canary: ConfigDocument): void {
  if (sameDocument(canary, control))
    throw new ServiceError("conflict", "A canary must differ from the configuration in force, and this does not.");
  requireSealed(canary);
  requireAuthorities(canary);
  const faults = canaryFaults(control, canary);
  if (faults.length === 0) return;
  throw new ServiceError("invalid-input", faults.map(({ message }) => message).join("; "), { faults });
}

async function commit(
  tx: Tx,
  actor: Actor,
  { id, settings, note }: Given & { id: string },
  head: Head,
  { document, operations, action, target, changeSet }: CanaryDraft,
): Promise<void> {
  const next: Head = { number: await nextNumber(tx), document };
  const records = tellOperations(operations, head, next);
  await insertRevision(tx, {
    ...next,
    state: "canary",
    note,
    action: action ?? records[0]?.action ?? "",
    target: target ?? records[0]?.targetName ?? "",
    author: actor.name,
    basedOn: head.number,
    changeCount: operations.length,
  });
  await tx.canary.create({
    data: {
      id,
      revision: next.number,
      baseRevision: head.number,
      note,
      settings,
      startedBy: actor.name,
      ...(changeSet && {
        changeSetId: changeSet.id,
        changeSetName: changeSet.name,
        changeSetVersion: changeSet.version,
      }),
    },
  });
  await writeAudit(tx, actor, [
    {
      action: "canary.start",
      targetKind: "canary",
      targetId: id,
      targetName: `r${next.number}`,
      revision: next.number,
      after: { baseRevision: head.number, ...(changeSet && { changeSet: changeSet.name }), note, ...settings },
    },
    ...records,
  ]);
  await notify(tx, CHANNELS.canary, id);
}
