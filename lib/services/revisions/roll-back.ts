import { z } from "zod";
import type { Actor } from "#lib/contracts/access.ts";
import type { RevisionSummary } from "#lib/contracts/views.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { readNumber, SUMMARY, toSummary } from "#lib/services/revisions/read-revisions.ts";
import { db } from "#lib/store/db.ts";
import { readDocument } from "#lib/store/revisions.ts";

export const RollBackInput = z.strictObject({ note: z.string().trim().max(500).optional() });

/**
 * Publishes the document of revision `number` again, as a new revision: history only grows.
 * @throws {ServiceError} `not-found`, `invalid-input` or `stale-revision`
 */
export async function rollBack(
  actor: Actor,
  number: string,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<RevisionSummary>> {
  authorise(actor, "publisher");
  const { note } = parse(RollBackInput, input);
  const document = await readDocument(db(), readNumber(number));
  if (!document) throw notFound("revision", number);
  const { document: _document, ...published } = await publish(actor, [{ op: "document.replace", document }], {
    ...options,
    note,
    target: `r${number}`,
  });
  const row = await db().revision.findUniqueOrThrow({ where: { number: published.revision }, select: SUMMARY });
  return { entity: toSummary(row, published.revision), ...published };
}
