import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { WarningView } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { Confirmation, Warning } from "#lib/contracts/publishing.ts";
import { sameDocument } from "#lib/core/config/same.ts";
import { requireRole } from "#lib/services/access.ts";
import { applyOrThrow, type FaultPath } from "#lib/services/apply.ts";
import { requireAuthorities } from "#lib/services/authorities.ts";
import { requireNoCanary } from "#lib/services/canaries/require-no-canary.ts";
import { stageOperations } from "#lib/services/change-sets/stage-operations.ts";
import { waitForWorkers } from "#lib/services/convergence.ts";
import { tellOperations } from "#lib/services/operation-audit.ts";
import { requireInForce, requireReach } from "#lib/services/publish-conditions.ts";
import { broughtWarnings, requireWarningsConfirmed, type Scope, toWarning } from "#lib/services/publish-warnings.ts";
import { requireSealed, sealOperations } from "#lib/services/secrets/seal-operations.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { syncConfigTables } from "#lib/store/config-tables.ts";
import { db, type Tx } from "#lib/store/db.ts";
import { notify } from "#lib/store/notify.ts";
import { type Head, insertRevision, nextNumber, publishInTurn, readHead, rememberHead } from "#lib/store/revisions.ts";

export type PublishOptions = {
  /** Refuse unless this is the revision in force. */
  ifMatch?: number;
  /** What its author says of it. */
  note?: string;
  /** Of the revision, when the first operation does not say what it is about. */
  action?: string;
  /** What it was done to, when the operations cannot tell: the revision that is rolled back to. */
  target?: string;
  /** Nothing is published: it goes into this change set. */
  changeSet?: string;
  /** Warnings that the publisher has read and accepts; none unless given. */
  confirm?: Confirmation;
  /** Which those are; unless given, what the operations bring. */
  scope?: Scope;
};
/** What came of it. `converged`: every live worker runs it already. */
export type Publication = {
  /** In force now; of a change set, that which it is over. */
  revision: number;
  converged: boolean;
  /** What is in force, or would be. */
  document: ConfigDocument;
  /** What it brings that is legal but hardly meant, as the nodes are and what they are asked now. Empty for a change set. */
  warnings: readonly Warning[];
  changeSet?: string;
};
/** What a mutation answers besides the entity. */
export type Published<T> = Omit<Publication, "document"> & { entity: T };

/** What is to be published, decided over the revision in force while nobody else publishes. */
export type Draft = {
  document: ConfigDocument;
  /** Those that led to it, as the audit tells them. */
  operations: readonly ConfigOperation[];
  /** Warnings that must have been read, and have been. */
  asks: { confirm: Confirmation; scope: Scope };
  note?: string;
  /** Of the revision, instead of those of the first operation. */
  action?: string;
  target?: string;
  /** In the same transaction, once the revision is there. */
  afterwards?: (number: number) => Promise<void>;
};

/**
 * Applies `operations` to the configuration in force and publishes the result as one revision, all or nothing; when
 * they change nothing there is no new revision. Answers after the live workers run it, or after a second. With
 * `options.changeSet` they go into that instead.
 * @throws {ServiceError} `forbidden`, `stale-revision`, what the operations do wrong, with every fault, or
 * `unconfirmed-warnings` with all that they bring and `options.confirm` does not name
 */
export async function publish(
  actor: Actor,
  operations: readonly ConfigOperation[],
  options: PublishOptions = {},
  faultPath?: FaultPath,
): Promise<Publication> {
  requireRole(actor, "publisher");
  const { ifMatch, changeSet, confirm = [], scope = "brought", ...told } = options;
  if (changeSet !== undefined) return stageOperations(actor, changeSet, operations, ifMatch, faultPath);
  return publishDraft(actor, ifMatch, async (tx, head) => {
    requireReach(actor, operations, head.document);
    const sealed = await sealOperations(tx, actor.name, operations, faultPath);
    const document = applyOrThrow(head.document, sealed, faultPath);
    return { document, operations: sealed, asks: { confirm, scope }, ...told };
  });
}

/** Ten thousand new nodes take ten seconds on a busy machine; cut short, they would be told as a database that is away. */
const COMMIT_WITHIN_MS = 60_000;

/**
 * Publishes what `draftOf` makes of the configuration in force.
 * @throws {ServiceError} `stale-revision`, `unconfirmed-warnings`, or what it throws
 */
export async function publishDraft(
  actor: Actor,
  ifMatch: number | undefined,
  draftOf: (tx: Tx, head: Head) => Promise<Draft>,
): Promise<Publication> {
  const { before, head, seen } = await inTurn(() =>
    db().$transaction((tx) => commit(tx, actor, ifMatch, draftOf), { timeout: COMMIT_WITHIN_MS }),
  );
  rememberHead(head);
  const { number: revision, document } = head;
  const [converged, warnings] = await Promise.all([
    waitForWorkers(revision),
    // It is published: that nobody can be warned must not look as if it was not.
    seen ?? broughtWarnings(before.document, document).catch(() => []),
  ]);
  return { revision, document, converged, warnings: warnings.map(toWarning) };
}

let last: Promise<unknown> = Promise.resolve();

/** Of this process's publishes one at a time waits for the lock: the others would keep connections from readers. */
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const mine = last.then(act, act);
  last = mine.catch(() => {});
  return mine;
}

async function commit(
  tx: Tx,
  actor: Actor,
  ifMatch: number | undefined,
  draftOf: (tx: Tx, head: Head) => Promise<Draft>,
): Promise<{ before: Head; head: Head; seen: readonly WarningView[] | null }> {
  await publishInTurn(tx);
  const head = await readHead(tx);
  requireInForce(ifMatch, head.number);
  await requireNoCanary(tx);
  const draft = await draftOf(tx, head);
  const { document, operations } = draft;
  if (sameDocument(document, head.document)) return { before: head, head, seen: [] };
  requireSealed(document);
  requireAuthorities(document);
  const seen = await requireWarningsConfirmed(tx, head.document, document, draft.asks);
  const next: Head = { number: await nextNumber(tx), document };
  const records = tellOperations(operations, head, next);
  await insertRevision(tx, {
    ...next,
    note: draft.note ?? "",
    action: draft.action ?? records[0]?.action ?? "",
    target: draft.target ?? records[0]?.targetName ?? "",
    author: actor.name,
    basedOn: head.number,
    changeCount: operations.length,
  });
  await syncConfigTables(tx, head.document, document);
  await writeAudit(tx, actor, records);
  await draft.afterwards?.(next.number);
  await notify(tx, CHANNELS.revision, String(next.number));
  return { before: head, head: next, seen };
}
