import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import type { StagedOperation } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { ApiProblemCode, Fault } from "#lib/contracts/problem.ts";
import { record } from "#lib/core/config/change-set/record.ts";
import { stage } from "#lib/core/config/change-set/stage.ts";
import { type FaultPath, faultsAt, refused } from "#lib/services/apply.ts";
import { editDraft } from "#lib/services/change-sets/drafts.ts";
import { requireInForce, requireReach } from "#lib/services/publish-conditions.ts";
import { sealOperations } from "#lib/services/secrets/seal-operations.ts";
import type { Tx } from "#lib/store/db.ts";
import type { Head } from "#lib/store/revisions.ts";

/** What a change set comes to over the revision in force. */
export type StagedPublication = {
  revision: number;
  converged: boolean;
  document: ConfigDocument;
  warnings: [];
  changeSet: string;
};

/**
 * Adds operations to a change set. Each is carried out over what the change set makes of the configuration in force; rules
 * between entities are looked at when it is published, so that two nodes may swap their names in two steps.
 * @throws {ServiceError} `not-found`, `change-set-published`, `stale-revision`, or what the operations do wrong, all of it
 */
export async function stageOperations(
  actor: Actor,
  id: string,
  operations: readonly ConfigOperation[],
  ifMatch?: number,
  faultPath?: FaultPath,
): Promise<StagedPublication> {
  const { draft, head } = await editDraft(actor, id, async ({ entries }, head, tx) => {
    requireInForce(ifMatch, head.number);
    const added = await recordAll(tx, actor, head, entries, operations, faultPath);
    if (added.length === 0) return null;
    return { entries: [...entries, ...added], audit: { action: "change-set.stage", after: told(added) } };
  });
  const { document } = stage(head.document, draft.entries);
  return { revision: head.number, converged: false, document, warnings: [], changeSet: id };
}

/** `operations` as they are kept after `entries`, their secrets sealed. @throws {ServiceError} with the faults of all of them */
export async function recordAll(
  tx: Tx,
  actor: Actor,
  head: Head,
  entries: readonly StagedOperation[],
  given: readonly ConfigOperation[],
  faultPath: FaultPath = () => [],
): Promise<StagedOperation[]> {
  const operations = await sealOperations(tx, actor.name, given, faultPath);
  let { document } = stage(head.document, entries);
  const added: StagedOperation[] = [];
  const faults: Fault[] = [];
  let code: ApiProblemCode | undefined;
  const at = new Date().toISOString();
  for (const [index, operation] of operations.entries()) {
    requireReach(actor, [operation], document);
    const recording = record(head.document, document, [...entries, ...added], operation);
    if (recording.ok) {
      document = recording.document;
      for (const each of recording.recorded)
        added.push({ ...each, id: randomUUID(), base: head.number, by: actor.name, at });
    } else {
      code ??= recording.code;
      faults.push(...faultsAt(faultPath(index), recording.faults));
    }
  }
  if (code !== undefined) throw refused(code, faults);
  return added;
}

/** More are counted, not told: the change set itself has them all. */
const MAX_TOLD = 20;
export const told = (entries: readonly StagedOperation[]) => ({
  count: entries.length,
  operations: entries.slice(0, MAX_TOLD).map(({ operation }) => operation),
});
