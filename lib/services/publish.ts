import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { poolOfOperation } from "#lib/core/config/pool-of-operation.ts";
import { sameDocument } from "#lib/core/config/same.ts";
import { authorise, authoriseInPool, requireRole } from "#lib/services/access.ts";
import { applyOrThrow, type FaultPath } from "#lib/services/apply.ts";
import { requireAuthorities } from "#lib/services/authorities.ts";
import { requireNoCanary } from "#lib/services/canaries/require-no-canary.ts";
import { waitForWorkers } from "#lib/services/convergence.ts";
import { tellOperations } from "#lib/services/operation-audit.ts";
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
  /** What it was done to, when the operations cannot tell: the revision that is rolled back to. */
  target?: string;
};
/** What came of it. `converged`: every live worker runs it already. */
export type Publication = { revision: number; converged: boolean; document: ConfigDocument };
/** What a mutation answers besides the entity. */
export type Published<T> = { entity: T; revision: number; converged: boolean };

/**
 * Applies `operations` to the configuration in force and publishes the result as one revision, all or nothing; when
 * they change nothing there is no new revision. Answers after the live workers run it, or after a second.
 * @throws {ServiceError} `forbidden`, `stale-revision`, or what the operations do wrong, with every fault.
 */
export async function publish(
  actor: Actor,
  operations: readonly ConfigOperation[],
  options: PublishOptions = {},
  faultPath?: FaultPath,
): Promise<Publication> {
  requireRole(actor, "publisher");
  const head = await inTurn(() => db().$transaction((tx) => commit(tx, actor, operations, options, faultPath)));
  rememberHead(head);
  return { revision: head.number, document: head.document, converged: await waitForWorkers(head.number) };
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
  operations: readonly ConfigOperation[],
  { ifMatch, note = "", target }: PublishOptions,
  faultPath?: FaultPath,
): Promise<Head> {
  await publishInTurn(tx);
  const head = await readHead(tx);
  if (ifMatch !== undefined && ifMatch !== head.number) throw stale(ifMatch, head.number);
  requireReach(actor, operations, head.document);
  await requireNoCanary(tx);
  const document = applyOrThrow(head.document, operations, faultPath);
  if (sameDocument(document, head.document)) return head;
  requireAuthorities(document);
  const next: Head = { number: await nextNumber(tx), document };
  const records = tellOperations(operations, head, next);
  await insertRevision(tx, {
    ...next,
    note,
    action: records[0]?.action ?? "",
    target: target ?? records[0]?.targetName ?? "",
    author: actor.name,
    basedOn: head.number,
    changeCount: operations.length,
  });
  await syncConfigTables(tx, head.document, document);
  await writeAudit(tx, actor, records);
  await notify(tx, CHANNELS.revision, String(next.number));
  return next;
}

/** @throws {ServiceError} `out-of-scope` when one of `operations` is not within a pool that the actor is limited to */
function requireReach(actor: Actor, operations: readonly ConfigOperation[], document: ConfigDocument): void {
  if (actor.poolIds === undefined) return;
  for (const operation of operations) {
    const poolId = poolOfOperation(operation, document);
    if (poolId === null) authorise(actor, "publisher");
    else authoriseInPool(actor, "publisher", poolId);
  }
}

export const stale = (seen: number, head: number) =>
  new ServiceError(
    "stale-revision",
    `Revision ${seen} is not in force any more; revision ${head} is. Read it, and decide again.`,
  );
