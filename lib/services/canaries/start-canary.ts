import type { Actor } from "#lib/contracts/access.ts";
import { CanaryInput, CanaryOfRevisionInput, type CanaryView } from "#lib/contracts/canary.ts";
import { authorise } from "#lib/services/access.ts";
import { applyOrThrow } from "#lib/services/apply.ts";
import { beginCanary, type StartOptions } from "#lib/services/canaries/begin-canary.ts";
import { notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { readNumber } from "#lib/services/revisions/read-revisions.ts";
import { sealOperations } from "#lib/services/secrets/seal-operations.ts";
import { db } from "#lib/store/db.ts";
import { readDocument } from "#lib/store/revisions.ts";

/**
 * Has a share of the clients use what `operations` make of the configuration in force.
 * @throws {ServiceError} as `beginCanary`, or what the operations do wrong, with every fault
 */
export async function startCanary(actor: Actor, input: unknown, options: StartOptions = {}): Promise<CanaryView> {
  authorise(actor, "publisher");
  const { operations, ...given } = parse(CanaryInput, input);
  const pathOf = (index: number) => ["operations", index];
  return beginCanary(actor, given, options, async (tx, { document }) => {
    const sealed = await sealOperations(tx, actor.name, operations, pathOf);
    return { document: applyOrThrow(document, sealed, pathOf), operations: sealed };
  });
}

/** The same with the whole of revision `number`, as to go back to it. @throws {ServiceError} besides: `not-found` */
export async function startCanaryOfRevision(
  actor: Actor,
  number: string,
  input: unknown,
  options: StartOptions = {},
): Promise<CanaryView> {
  authorise(actor, "publisher");
  const given = parse(CanaryOfRevisionInput, input);
  const stored = await readDocument(db(), readNumber(number));
  if (!stored) throw notFound("revision", number);
  return beginCanary(actor, given, options, async (tx, { document }) => {
    const operations = await sealOperations(tx, actor.name, [{ op: "document.replace", document: stored }]);
    return { document: applyOrThrow(document, operations), operations, target: `r${number}` };
  });
}
