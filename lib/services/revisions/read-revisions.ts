import type { Actor } from "#lib/contracts/access.ts";
import { type RevisionDetail, RevisionQuery, type RevisionSummary } from "#lib/contracts/views.ts";
import { diffConfig } from "#lib/core/config/diff.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { type Page, pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";
import { PUBLISHED, readDocument } from "#lib/store/revisions.ts";

export const SUMMARY = {
  number: true,
  note: true,
  action: true,
  target: true,
  author: true,
  publishedAt: true,
  changeCount: true,
  state: true,
  canary: { select: { id: true } },
} as const;
type SummaryRow = Omit<RevisionSummary, "publishedAt" | "isCurrent" | "state" | "canaryId"> & {
  publishedAt: Date;
  state: string;
  canary: { id: string } | null;
};

/** Published revisions, newest first; all, those that `find` is found in, those of a piece of time. */
export async function listRevisions(actor: Actor, query: unknown): Promise<Page<RevisionSummary>> {
  authorise(actor, "viewer");
  const { limit, cursor, find, from, to } = parse(RevisionQuery, query);
  const before = readCursor(cursor);
  const rows = await db().revision.findMany({
    where: {
      ...(before !== undefined && { number: { lt: Number(before) } }),
      ...(find && foundBy(find)),
      publishedAt: { ...(from && { gte: new Date(from) }), ...(to && { lt: new Date(to) }) },
    },
    orderBy: { number: "desc" },
    take: limit + 1,
    select: SUMMARY,
  });
  const head = await headNumber();
  const items = rows.map((row) => toSummary(row, head));
  return pageAfter(items, limit, (revision) => String(revision.number));
}

function foundBy(text: string) {
  // In a pattern % and _ stand for anything; what people type means itself.
  const holds = { contains: text.replaceAll(/[\\%_]/g, "\\$&"), mode: "insensitive" as const };
  const number = /^r?([1-9]\d{0,8})$/i.exec(text)?.[1];
  const ofNumber = number === undefined ? [] : [{ number: Number(number) }];
  return { OR: [{ note: holds }, { author: holds }, { target: holds }, ...ofNumber] };
}

/** A revision and how it differs from the one before. @throws {ServiceError} `not-found` */
export async function getRevision(actor: Actor, number: string): Promise<RevisionDetail> {
  authorise(actor, "viewer");
  const row = await db().revision.findUnique({ where: { number: readNumber(number) }, select: SUMMARY });
  const after = row && (await readDocument(db(), row.number));
  if (!row || !after) throw notFound("revision", number);
  const before = await readDocument(db(), await baseOf(row.number));
  return { ...toSummary(row, await headNumber()), changes: before ? diffConfig(before, after) : [] };
}

/** The revision that was in force before: not always that of the number before, which may be a canary that was rolled back. */
export async function baseOf(number: number): Promise<number> {
  const row = await db().revision.findUnique({ where: { number }, select: { basedOn: true } });
  return row?.basedOn ?? number - 1;
}

/** @throws {ServiceError} `not-found` for what is no revision's number */
export function readNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw notFound("revision", text);
}

export async function headNumber(): Promise<number> {
  const { _max } = await db().revision.aggregate({ where: PUBLISHED, _max: { number: true } });
  return _max.number ?? 0;
}

export const toSummary = ({ publishedAt, state, canary, ...row }: SummaryRow, head: number): RevisionSummary => ({
  ...row,
  canaryId: canary?.id ?? null,
  state: state as RevisionSummary["state"],
  publishedAt: publishedAt.toISOString(),
  isCurrent: row.number === head,
});
