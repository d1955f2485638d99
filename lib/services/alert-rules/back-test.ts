import type { Actor } from "#lib/contracts/access.ts";
import type { MetricSubject } from "#lib/contracts/alert-metrics.ts";
import { type BackTest, BackTestInput } from "#lib/contracts/alert-rules-api.ts";
import type { AlertRule, ConfigDocument } from "#lib/contracts/config.ts";
import { METRIC_RESOLUTIONS } from "#lib/contracts/metrics.ts";
import {
  backTestFlips,
  backTestSpans,
  type Fleet,
  historyOf,
  needsFlips,
  needsResources,
  type Points,
} from "#lib/core/alerts/back-test.ts";
import { ResourceIndex } from "#lib/core/alerts/resource-index.ts";
import { neededWindows } from "#lib/core/alerts/windows.ts";
import { metricRetentionMs } from "#lib/core/retention.ts";
import type { RollUp } from "#lib/core/roll-up.ts";
import { authorise } from "#lib/services/access.ts";
import {
  MAX_FIRINGS,
  ofEvents,
  onAlerts,
  onCanaries,
  onCertificates,
  type Range,
  readFlips,
} from "#lib/services/alert-rules/back-test-events.ts";
import { currentHead } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { retentionSettings } from "#lib/services/retention/retention.ts";
import { db } from "#lib/store/db.ts";
import { readAllResourceSpans } from "#lib/store/resources.ts";
import { readRollUps } from "#lib/store/rollups.ts";

const MAX_POINTS = 300;
/** Moments times subjects: what is more is tried on coarser spans. */
const MAX_STEPS = 400_000;
const SPANS = ["10s", "1m", "1h"] as const;

/**
 * What a rule would have done in the past, by the pools and nodes as they are configured now. Says what it was tried on, and
 * where that is less exact than now.
 * @throws {ServiceError} `invalid-input`
 */
export async function backTest(actor: Actor, input: unknown): Promise<BackTest> {
  authorise(actor, "viewer");
  const { rule, rangeMs } = parse(BackTestInput, input);
  const toMs = Date.now();
  const range = { fromMs: toMs - rangeMs, toMs };
  const { document } = await currentHead();
  switch (historyOf(rule.condition)) {
    case "spans":
      return onSpans(rule, fleetOf(document), range);
    case "flips":
      return onFlips(rule, fleetOf(document), range);
    case "alerts":
      return onAlerts(rule, range);
    case "certificates":
      return onCertificates(rule, fleetOf(document), range);
    case "canaries":
      return onCanaries(rule, fleetOf(document), range);
    case "none":
      return { ...ofEvents(range, [], ["no-history"], null), resolution: null };
  }
}

/** Admin states are not looked at: what was drained then is not known here. */
function fleetOf({ pools }: ConfigDocument): Fleet {
  const nodes = pools.flatMap((pool) =>
    pool.nodes.map(({ id, name }) => ({
      id,
      name,
      poolId: pool.id,
      poolName: pool.name,
      adminState: "ready" as const,
      checksEnabled: pool.healthCheck.enabled,
      labels: pool.labels,
    })),
  );
  return {
    nodes: new Map(nodes.map((node) => [node.id, node])),
    pools: new Map(
      pools.map(({ id, name, labels, nodes: of }) => [id, { id, name, labels, nodeIds: of.map((node) => node.id) }]),
    ),
  };
}

async function onSpans(rule: AlertRule, fleet: Fleet, { fromMs, toMs }: Range): Promise<BackTest> {
  const windows = neededWindows([rule.condition]);
  const longestMs = Math.max(0, ...windows.map(({ windowMs }) => windowMs));
  const areResources = needsResources(rule.condition);
  const keptMs = metricRetentionMs(await retentionSettings());
  const isOfNodes = areResources || windows.some(({ of }) => of === "node");
  const subjects = isOfNodes ? fleet.nodes.size : fleet.pools.size;
  const resolution =
    SPANS.find((name) => {
      const steps = ((toMs - fromMs) / METRIC_RESOLUTIONS[name]) * Math.max(1, subjects) * (areResources ? 2 : 1);
      return toMs - fromMs <= keptMs[name] && steps <= MAX_STEPS;
    }) ?? "1h";
  const spanMs = METRIC_RESOLUTIONS[resolution];
  const spans = new Map<MetricSubject, RollUp[]>();
  for (const of of new Set(windows.map((window) => window.of)))
    spans.set(of, await readRollUps(db(), { resolution, scope: of, fromMs: fromMs - longestMs, toMs }));
  const told = areResources ? await readAllResourceSpans(db(), { resolution, fromMs, toMs }) : new Map();
  const flips = needsFlips(rule.condition) ? (await readFlips({ fromMs, toMs })).flips : [];
  const kept = [...spans.values(), ...told.values(), flips].flatMap((rows) => rows[0]?.atMs ?? []);
  const keptFromMs = kept.length > 0 ? Math.max(fromMs, Math.min(...kept)) : null;
  const beginMs = Math.ceil((keptFromMs ?? fromMs) / spanMs) * spanMs;
  const resources = areResources ? new ResourceIndex(told, spanMs) : undefined;
  const { firings, limits, points } = backTestSpans(
    rule,
    fleet,
    spans,
    { fromMs: beginMs, toMs, spanMs },
    { flips, resources },
  );
  const notes: BackTest["notes"] = [];
  if (windows.some(({ windowMs }) => windowMs < spanMs)) notes.push("window-widened");
  notes.push(...(resources?.notes ?? []));
  if (spanMs > 10_000) notes.push("coarse");
  if (keptFromMs === null || keptFromMs > fromMs + spanMs) notes.push("shorter");
  if (firings.length > MAX_FIRINGS) notes.push("cut");
  return {
    fromMs,
    toMs,
    resolution,
    keptFromMs,
    notes,
    count: firings.length,
    firings: firings.slice(0, MAX_FIRINGS),
    series: seriesOf(firings, fleet, limits, points, { fromMs: beginMs, toMs }),
  };
}

/** Of whoever fired most, or came into question; the highest figure of each step. */
function seriesOf(
  firings: readonly { subjectId: string }[],
  fleet: Fleet,
  limits: ReadonlyMap<string, { metric: string; limit: number }>,
  points: Points,
  { fromMs, toMs }: Range,
): BackTest["series"] {
  const counts = new Map<string, number>();
  for (const { subjectId } of firings) counts.set(subjectId, (counts.get(subjectId) ?? 0) + 1);
  const id = [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? [...points.keys()][0];
  const limit = id === undefined ? undefined : limits.get(id);
  if (id === undefined || !limit) return null;
  const stepMs = Math.max(1_000, (toMs - fromMs) / MAX_POINTS);
  const highest = new Map<number, number>();
  for (const [atMs, value] of points.get(id) ?? []) {
    const step = Math.floor((atMs - fromMs) / stepMs);
    highest.set(step, Math.max(highest.get(step) ?? Number.NEGATIVE_INFINITY, value ?? Number.NEGATIVE_INFINITY));
  }
  const name = fleet.pools.get(id)?.name ?? fleet.nodes.get(id)?.name ?? "";
  return {
    subjectName: name,
    ...limit,
    points: Array.from({ length: MAX_POINTS }, (_, step) => [
      Math.round(fromMs + step * stepMs),
      highest.get(step) ?? null,
    ]),
  };
}

async function onFlips(rule: AlertRule, fleet: Fleet, range: Range): Promise<BackTest> {
  const { flips, isCut } = await readFlips(range);
  const firings = backTestFlips(rule, fleet, flips, range);
  const notes: BackTest["notes"] = rule.condition.kind === "health-check-failed" ? ["flips-only"] : [];
  if (isCut) notes.push("cut");
  return ofEvents(range, firings, notes, flips[0] ? Math.max(range.fromMs, flips[0].atMs) : null);
}
