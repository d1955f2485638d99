import type { Actor } from "#lib/contracts/access.ts";
import { ComparisonQuery, type RevisionComparison } from "#lib/contracts/comparison.ts";
import { authorise } from "#lib/services/access.ts";
import { compareDocuments } from "#lib/services/compare.ts";
import { notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { baseOf, headNumber, readNumber, SUMMARY, toSummary } from "#lib/services/revisions/read-revisions.ts";
import { db } from "#lib/store/db.ts";
import { readDocument } from "#lib/store/revisions.ts";

/** How revision `number` differs from another one, earlier or later. @throws {ServiceError} `not-found`, `invalid-input` */
export async function compareRevisions(actor: Actor, number: string, query: unknown): Promise<RevisionComparison> {
  authorise(actor, "viewer");
  const to = readNumber(number);
  const { from = await baseOf(to) } = parse(ComparisonQuery, query);
  const head = await headNumber();
  const [later, earlier] = await Promise.all([readSide(to), from === 0 ? null : readSide(from)]);
  const before = earlier?.document ?? (await readDocument(db(), 0));
  if (!before) throw notFound("revision", String(from));
  return {
    from: earlier && toSummary(earlier.row, head),
    to: toSummary(later.row, head),
    ...(await compareDocuments(before, later.document)),
  };
}

async function readSide(number: number) {
  const row = await db().revision.findUnique({ where: { number }, select: SUMMARY });
  const document = row && (await readDocument(db(), number));
  if (!row || !document) throw notFound("revision", String(number));
  return { row, document };
}
