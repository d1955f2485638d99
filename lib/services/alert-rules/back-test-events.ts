// Back-tests on what is kept as events: flips of nodes, alerts that were told, certificates and canaries.
import { X509Certificate } from "node:crypto";
import type { BackTest, BackTestFiring } from "#lib/contracts/alert-rules-api.ts";
import type { AlertRule } from "#lib/contracts/config.ts";
import type { Fleet, Flip } from "#lib/core/alerts/back-test.ts";
import { backTestCanaries, backTestCertificates, backTestEpisodes } from "#lib/core/alerts/back-test-episodes.ts";
import { db } from "#lib/store/db.ts";

export type Range = { fromMs: number; toMs: number };
export const MAX_FIRINGS = 200;
const MAX_FLIPS = 50_000;
const MAX_ALERTS = 5_000;
const DAY_MS = 86_400_000;
const FACTS = ["health", "ejection", "breaker", "degrade"];

/** @param keptFromMs when what is kept begins; null: nothing is */
export function ofEvents(
  range: Range,
  firings: BackTestFiring[],
  notes: BackTest["notes"],
  keptFromMs: number | null,
): BackTest {
  const isCut = firings.length > MAX_FIRINGS && !notes.includes("cut");
  return {
    ...range,
    resolution: "events",
    keptFromMs,
    notes: isCut ? [...notes, "cut"] : notes,
    count: firings.length,
    firings: firings.slice(0, MAX_FIRINGS),
    series: null,
  };
}

/** Of a day before the range, too: what a node was in when it began. The oldest first. */
export async function readFlips({ fromMs, toMs }: Range): Promise<{ flips: Flip[]; isCut: boolean }> {
  const rows = await db().healthEvent.findMany({
    where: { fact: { in: FACTS }, at: { gte: new Date(fromMs - DAY_MS), lte: new Date(toMs) } },
    orderBy: { id: "asc" },
    take: MAX_FLIPS,
  });
  const flips = rows.map(({ at, nodeId, workerId, fact, to, reason }) => ({
    ...{ atMs: at.getTime(), nodeId, workerId, fact, to, reason },
  }));
  return { flips, isCut: rows.length === MAX_FLIPS };
}

/** An alert fires when what it tells of has lasted for as long as its rule asked for: that long before, it began. */
export async function onAlerts(rule: AlertRule, range: Range): Promise<BackTest> {
  const rows = await db().alert.findMany({
    where: { rule: rule.condition.kind, firedAt: { gte: new Date(range.fromMs - DAY_MS), lte: new Date(range.toMs) } },
    orderBy: { firedAt: "asc" },
    take: MAX_ALERTS,
  });
  const episodes = rows.map(({ subjectKind, subjectId, subjectName, reason, figures, firedAt, resolvedAt }) => {
    const { limit } = figures as { limit?: unknown };
    // Of the database an alert's time is that of the loss itself.
    const leadMs = rule.condition.kind !== "database-lost" && typeof limit === "number" ? limit : 0;
    const times = { sinceMs: firedAt.getTime() - leadMs, untilMs: resolvedAt?.getTime() ?? null };
    return { subjectKind, subjectId, subjectName, reason, ...times };
  });
  const [first] = episodes;
  const firings = backTestEpisodes(rule, episodes, range);
  return ofEvents(range, firings, ["told-only"], first ? Math.max(range.fromMs, first.sinceMs) : null);
}

export async function onCertificates(rule: AlertRule, fleet: Fleet, range: Range): Promise<BackTest> {
  const rows = await db().certificate.findMany({ select: { id: true, name: true, chain: true, createdAt: true } });
  const certificates = rows.map(({ id, name, chain, createdAt }) => {
    return { id, name, notAfterMs: notAfterOf(chain), sinceMs: createdAt.getTime() };
  });
  return ofEvents(
    range,
    backTestCertificates(rule, fleet, certificates, range),
    ["present-certificates"],
    range.fromMs,
  );
}

function notAfterOf(chain: string): number | null {
  try {
    return new X509Certificate(chain).validToDate.getTime();
  } catch {
    return null;
  }
}

export async function onCanaries(rule: AlertRule, fleet: Fleet, range: Range): Promise<BackTest> {
  const rows = await db().canary.findMany({
    where: {
      state: "rolled-back",
      endedAt: { gte: new Date(range.fromMs), lte: new Date(range.toMs) },
      NOT: { reason: { in: ["aborted", "by-hand"] } },
    },
    orderBy: { endedAt: "asc" },
  });
  const canaries = rows.map(({ id, revision, endedAt, reason, detail }) => {
    return { id, revision, endedMs: endedAt?.getTime() ?? 0, reason: reason ?? "", detail };
  });
  return ofEvents(range, backTestCanaries(rule, fleet, canaries, range), [], range.fromMs);
}
