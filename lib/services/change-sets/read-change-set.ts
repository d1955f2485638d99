import type { Actor } from "#lib/contracts/access.ts";
import type { ChangeSetDetail, OperationView, StagedOperation } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { type EntityOperation, targetOf } from "#lib/core/config/change-set/entities.ts";
import { type Staged, stage } from "#lib/core/config/change-set/stage.ts";
import { titlesOf } from "#lib/core/config/change-set/titles.ts";
import { diffConfig } from "#lib/core/config/diff.ts";
import { sameDocument } from "#lib/core/config/same.ts";
import { authorise } from "#lib/services/access.ts";
import { withAuthors } from "#lib/services/change-sets/conflict-authors.ts";
import { type ChangeSetDraft, readDraft, summaryOf } from "#lib/services/change-sets/drafts.ts";
import { compareDocuments } from "#lib/services/compare.ts";
import { currentHead } from "#lib/services/head.ts";
import { warningsOfPublish } from "#lib/services/publish-warnings.ts";
import { baseOf, SUMMARY, toSummary } from "#lib/services/revisions/read-revisions.ts";
import { db } from "#lib/store/db.ts";
import { type Head, PUBLISHED, readDocument } from "#lib/store/revisions.ts";

/** A change set as it would be published now; one that is published, as it was. @throws {ServiceError} `not-found` */
export async function getChangeSet(actor: Actor, id: string): Promise<ChangeSetDetail> {
  authorise(actor, "viewer");
  const draft = await readDraft(db(), id);
  const head = await currentHead();
  return draft.row.revision === null ? openDetail(draft, head) : publishedDetail(draft, draft.row.revision, head);
}

async function openDetail(draft: ChangeSetDraft, head: Head): Promise<ChangeSetDetail> {
  const staged = stage(head.document, draft.entries);
  const { document, faults } = staged;
  const [comparison, theirs, conflicts, warnings] = await Promise.all([
    compareDocuments(head.document, document),
    theirsSince(draft.row.baseRevision, head),
    withAuthors(db(), staged.conflicts),
    warningsOfPublish(head.document, document),
  ]);
  return {
    ...summaryOf(draft, head),
    operations: operationViews(head.document, draft.entries, staged),
    ...comparison,
    theirs,
    conflicts,
    warnings,
    publishable: faults.size === 0 && conflicts.length === 0 && !sameDocument(head.document, document),
  };
}

async function publishedDetail(draft: ChangeSetDraft, revision: number, head: Head): Promise<ChangeSetDetail> {
  const [before, after] = await Promise.all([readDocument(db(), await baseOf(revision)), readDocument(db(), revision)]);
  // A clean-up of the history may have removed either: what it changed is not known any more.
  const known = before && after;
  return {
    ...summaryOf(draft, head),
    operations: operationViews(after ?? head.document, draft.entries),
    ...(known ? await compareDocuments(before, after) : { changes: [], shares: [] }),
    theirs: null,
    conflicts: [],
    warnings: [],
    publishable: false,
  };
}

/** More revisions are not listed; their differences are told all the same. */
const MAX_REVISIONS = 100;

async function theirsSince(base: number, head: Head): Promise<ChangeSetDetail["theirs"]> {
  if (base === head.number) return { revisions: [], changes: [] };
  const before = await readDocument(db(), base);
  if (!before) return null;
  const rows = await db().revision.findMany({
    where: { ...PUBLISHED, number: { gt: base, lte: head.number } },
    orderBy: { number: "desc" },
    take: MAX_REVISIONS,
    select: SUMMARY,
  });
  return {
    revisions: rows.map((row) => toSummary(row, head.number)),
    changes: diffConfig(before, head.document),
  };
}

function operationViews(
  document: ConfigDocument,
  entries: readonly StagedOperation[],
  staged?: Staged,
): OperationView[] {
  const titles = titlesOf(document, entries);
  return entries.map(({ seen: _, ...entry }) => {
    const { kind, id } = targetOf(entry.operation as EntityOperation);
    const faults = staged?.faults.get(entry.id)?.faults ?? [];
    return { ...entry, kind, entityId: id, name: titles.get(id) ?? "", faults };
  });
}
