import type { Actor } from "#lib/contracts/access.ts";
import {
  type CanaryDetail,
  CanaryEvidence,
  type CanaryReason,
  CanaryTally,
  type CanaryView,
  type CanaryWorker,
} from "#lib/contracts/canary.ts";
import { Id, PageQuery } from "#lib/contracts/common.ts";
import { CanarySettings } from "#lib/contracts/config.ts";
import { evidenceOf } from "#lib/core/canary/evidence.ts";
import { answeredOf, countsOf } from "#lib/core/canary/tally.ts";
import { decideCanary } from "#lib/core/canary/verdict.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { type Page, pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";
import type { Canary, CanaryEvidence as EvidenceRow, CanaryTally as TallyRow } from "#lib/store/generated/client.ts";

const LATEST = { evidence: { orderBy: { step: "desc" }, take: 1 }, tallies: true } as const;
type Row = Canary & { evidence: EvidenceRow[]; tallies: TallyRow[] };

/** Canaries, the one that started last first: it is the only one that may be running. */
export async function listCanaries(actor: Actor, query: unknown): Promise<Page<CanaryView>> {
  authorise(actor, "viewer");
  const { limit, cursor } = parse(PageQuery, query);
  const before = readCursor(cursor);
  const rows = await db().canary.findMany({
    where: before === undefined ? {} : { revision: { lt: Number(before) } },
    orderBy: { revision: "desc" },
    take: limit + 1,
    include: LATEST,
  });
  return pageAfter(rows.map(toView), limit, ({ revision }) => String(revision));
}

/** A canary with the evidence of its whole run. @throws {ServiceError} `not-found` */
export async function getCanary(actor: Actor, id: string): Promise<CanaryDetail> {
  authorise(actor, "viewer");
  const row = await findCanary(id);
  const rows = await db().canaryEvidence.findMany({ where: { canaryId: id }, orderBy: { step: "asc" } });
  return {
    ...toView(row),
    workers: row.tallies.map(workerOf),
    history: rows.map(({ evidence }) => CanaryEvidence.parse(evidence)),
  };
}

function workerOf({ workerId, measuredAt, tally }: TallyRow): CanaryWorker {
  const { all } = countsOf([CanaryTally.parse(tally)]);
  return {
    id: workerId,
    toldAt: measuredAt.toISOString(),
    control: answeredOf(all.control),
    canary: answeredOf(all.canary),
  };
}

/** @throws {ServiceError} `not-found` */
export const readCanary = async (id: string): Promise<CanaryView> => toView(await findCanary(id));

async function findCanary(id: string): Promise<Row> {
  const row = Id.safeParse(id).success ? await db().canary.findUnique({ where: { id }, include: LATEST }) : null;
  if (row === null) throw notFound("canary", id);
  return row;
}

function toView(row: Row): CanaryView {
  const settings = CanarySettings.parse(row.settings);
  const evidence = evidenceNow(row, settings);
  return {
    id: row.id,
    revision: row.revision,
    baseRevision: row.baseRevision,
    changeSetId: row.changeSetId,
    changeSetName: row.changeSetName,
    state: row.state as CanaryView["state"],
    note: row.note,
    settings,
    startedAt: row.startedAt.toISOString(),
    startedBy: row.startedBy,
    dueAt: new Date(row.startedAt.getTime() + settings.durationMs).toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    endedBy: row.endedBy,
    reason: (row.reason as CanaryReason | null) ?? evidence.reason,
    detail: row.detail,
    evidence,
  };
}

/** Of one that runs: as its workers measured up to now. They decide; this only shows what they would. */
export function evidenceNow(row: Row, settings: CanarySettings): CanaryEvidence {
  const [last] = row.evidence;
  if (row.state !== "running" && last !== undefined) return CanaryEvidence.parse(last.evidence);
  const counts = countsOf(row.tallies.map(({ tally }) => CanaryTally.parse(tally)));
  const nowMs = Date.now();
  const verdict = decideCanary({ settings, startedMs: row.startedAt.getTime(), counts, isComplete: false }, nowMs);
  return evidenceOf(counts, verdict, nowMs);
}
