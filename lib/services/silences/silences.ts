// Silences: at once, audited, in no revision. Ended ones stay in the list: who muted what, and why, is history.
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { Id } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import {
  MAX_SILENCE_DAYS,
  SilenceInput,
  SilencePatch,
  SilenceQuery,
  type SilenceView,
} from "#lib/contracts/silences.ts";
import { storedMatchers } from "#lib/core/alerts/stored-mutings.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { badCursor, type Page, pageAfter } from "#lib/services/page.ts";
import { invalidInput, parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import type { Silence } from "#lib/store/generated/client.ts";
import { notify } from "#lib/store/notify.ts";

const MAX_SILENCE_MS = MAX_SILENCE_DAYS * 86_400_000;

/** Those that end last first. */
export async function listSilences(actor: Actor, query: unknown): Promise<Page<SilenceView>> {
  authorise(actor, "viewer");
  const { limit, cursor, state } = parse(SilenceQuery, query);
  const now = new Date();
  const [endsMs, id] = cursor?.split("_") ?? [];
  if (cursor !== undefined && (!/^\d{1,15}$/.test(endsMs ?? "") || !Id.safeParse(id).success)) throw badCursor();
  const endsAt = new Date(Number(endsMs));
  const states = {
    pending: { startsAt: { gt: now }, endsAt: { gt: now } },
    active: { startsAt: { lte: now }, endsAt: { gt: now } },
    ended: { endsAt: { lte: now } },
  };
  const rows = await db().silence.findMany({
    where: {
      AND: [
        state ? states[state] : {},
        cursor === undefined ? {} : { OR: [{ endsAt: { lt: endsAt } }, { endsAt, id: { lt: id as string } }] },
      ],
    },
    orderBy: [{ endsAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  const page = pageAfter(rows, limit, (row) => `${row.endsAt.getTime()}_${row.id}`);
  return { ...page, items: await viewsOf(page.items, now) };
}

/** @throws {ServiceError} `not-found` */
export async function getSilence(actor: Actor, id: string): Promise<SilenceView> {
  authorise(actor, "viewer");
  const row = Id.safeParse(id).success ? await db().silence.findUnique({ where: { id } }) : null;
  if (!row) throw notFound("silence", id);
  return (await viewsOf([row], new Date()))[0] as SilenceView;
}

/** @throws {ServiceError} `invalid-input`: an end is always asked for, and lies ahead */
export async function createSilence(actor: Actor, input: unknown): Promise<SilenceView> {
  authorise(actor, "operator");
  const { matchers, comment, startsAt, endsAt } = parse(SilenceInput, input);
  const starts = new Date(startsAt ?? Date.now());
  const ends = requireEnd(endsAt, starts.getTime());
  return changed(actor, async (tx) => {
    const data = { matchers, comment, startsAt: starts, endsAt: ends, createdBy: actor.name };
    const after = await tx.silence.create({ data });
    return { action: "silence.create", before: null, after };
  });
}

/** Moves its end, or says otherwise why. @throws {ServiceError} `not-found`, `conflict` when it has ended */
export async function updateSilence(actor: Actor, id: string, input: unknown): Promise<SilenceView> {
  authorise(actor, "operator");
  const { comment, endsAt } = parse(SilencePatch, input);
  return changed(actor, async (tx) => {
    const before = await running(tx, id);
    const ends = endsAt === undefined ? undefined : requireEnd(endsAt, before.startsAt.getTime());
    const after = await tx.silence.update({ where: { id }, data: { comment, endsAt: ends } });
    return { action: "silence.update", before, after };
  });
}

/** Ends it now: what it muted and still fires is told. @throws {ServiceError} `not-found`, `conflict` when it has ended */
export async function endSilence(actor: Actor, id: string): Promise<SilenceView> {
  authorise(actor, "operator");
  return changed(actor, async (tx) => {
    const before = await running(tx, id);
    const now = new Date();
    const startsAt = before.startsAt > now ? now : before.startsAt;
    const after = await tx.silence.update({ where: { id }, data: { startsAt, endsAt: now, endedBy: actor.name } });
    return { action: "silence.end", before, after };
  });
}

function requireEnd(endsAt: string, startsMs: number): Date {
  const endsMs = Date.parse(endsAt);
  const fault = (message: string) => invalidInput([{ path: ["endsAt"], code: "custom", message }]);
  if (endsMs <= Math.max(Date.now(), startsMs)) throw fault("must lie ahead, after its start");
  if (endsMs - startsMs > MAX_SILENCE_MS) throw fault(`must be at most ${MAX_SILENCE_DAYS} days after its start`);
  return new Date(endsMs);
}

async function running(tx: Tx, id: string): Promise<Silence> {
  const row = Id.safeParse(id).success ? await tx.silence.findUnique({ where: { id } }) : null;
  if (!row) throw notFound("silence", id);
  if (row.endsAt.getTime() <= Date.now()) throw new ServiceError("conflict", "This silence has ended.");
  return row;
}

async function changed(
  actor: Actor,
  change: (tx: Tx) => Promise<{ action: string; before: Silence | null; after: Silence }>,
): Promise<SilenceView> {
  const row = await db().$transaction(async (tx) => {
    const { action, before, after } = await change(tx);
    const target = { targetKind: "silence", targetId: after.id, targetName: after.comment.slice(0, 100) };
    await writeAudit(tx, actor, [{ action, ...target, before: before && told(before), after: told(after) }]);
    await notify(tx, CHANNELS.silences, after.id);
    return after;
  });
  return (await viewsOf([row], new Date()))[0] as SilenceView;
}

const told = ({ matchers, comment, startsAt, endsAt }: Silence) => ({
  matchers,
  comment,
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
});

async function viewsOf(rows: readonly Silence[], now: Date): Promise<SilenceView[]> {
  const counts = await db().alert.groupBy({
    by: ["mutedBy"],
    where: { state: "firing", mutedBy: { in: rows.map(({ id }) => id) } },
    _count: true,
  });
  const matching = new Map(counts.map((count) => [count.mutedBy, count._count]));
  return rows.map((row) => viewOf(row, matching.get(row.id) ?? 0, now));
}

function viewOf(row: Silence, matching: number, now: Date): SilenceView {
  const matchers = storedMatchers(row.matchers);
  return {
    id: row.id,
    matchers: matchers.is === "read" ? matchers.value : null,
    comment: row.comment,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    state: row.endsAt <= now ? "ended" : row.startsAt > now ? "pending" : "active",
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    endedBy: row.endedBy,
    matching,
    unreadable: matchers.is === "read" ? null : matchers.at,
  };
}
