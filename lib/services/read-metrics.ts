import type { Actor } from "#lib/contracts/access.ts";
import { METRIC_RESOLUTIONS, type MetricResolution, type MetricSeries, MetricsQuery } from "#lib/contracts/metrics.ts";
import { metricRetentionMs } from "#lib/core/retention.ts";
import { EVERYTHING, type RollUp, rollUp, spanStartMs } from "#lib/core/roll-up.ts";
import { planSeries, type SeriesPlan, spansOfFrames, toSeries, toTotal, withIdle } from "#lib/core/series.ts";
import { authorise, authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode, findPool, findRoute } from "#lib/services/head.ts";
import { invalidInput, parse } from "#lib/services/parse.ts";
import { retentionSettings } from "#lib/services/retention/retention.ts";
import { db } from "#lib/store/db.ts";
import { type FramePart, readFrames } from "#lib/store/frames.ts";
import { readMeasuredMs, readRollUps } from "#lib/store/rollups.ts";

/**
 * The chart series of everything, a pool, or a node, of at most 300 points; percentiles come from merged histograms.
 * What was not measured is null. A pool or node that was removed is answered as long as its measurements are kept.
 * @throws {ServiceError} `invalid-input`, or `not-found` for an id without configuration and measurements
 */
export async function readMetrics(actor: Actor, input: unknown): Promise<MetricSeries> {
  requireRole(actor, "viewer");
  if (actor.poolIds !== undefined) await requireReach(actor, input);
  const query = parse(MetricsQuery, input);
  requireTarget(query);
  const plan = planSeries(query, Date.now(), metricRetentionMs(await retentionSettings()));
  const spans = await readSpans(plan, query);
  if (spans.length === 0) await requireKnown(query);
  const { fromMs, toMs, stepMs } = plan;
  const { scope, name = null } = query;
  const id = scope === "all" ? null : (query.id ?? null);
  const points = toSeries(plan, spans, query.detail === "true");
  return { scope, id, name, fromMs, toMs, stepMs, points, total: toTotal(plan, spans) };
}

function requireTarget({ scope, id, name }: MetricsQuery): void {
  const faults = [
    ...(scope !== "all" && id === undefined ? [{ path: ["id"], message: `is required with scope ${scope}` }] : []),
    ...(scope === "class" && name === undefined ? [{ path: ["name"], message: "is required with scope class" }] : []),
    ...(scope !== "class" && name !== undefined ? [{ path: ["name"], message: "goes with scope class only" }] : []),
  ];
  if (faults.length > 0) throw invalidInput(faults.map((fault) => ({ ...fault, code: "invalid_type" })));
}

/** Who is limited to some pools reads of those, and of their nodes; the sum of everything is not theirs. */
async function requireReach(actor: Actor, input: unknown): Promise<void> {
  const { scope, id = "" } = MetricsQuery.partial().parse(input);
  if (scope === "pool" || scope === "class") authoriseInPool(actor, "viewer", id);
  else if (scope === "node") authoriseInPool(actor, "viewer", findNode((await currentHead()).document, id).pool.id);
  else authorise(actor, "viewer");
}

async function readSpans(plan: SeriesPlan, query: MetricsQuery): Promise<RollUp[]> {
  const { scope, id = "", name = "" } = query;
  if (scope === "all") return readTogether(plan, query);
  if (scope !== "route" && scope !== "class") return readStored(plan, query);
  const [spans, measuredMs] = await Promise.all([readStored(plan, query), readMeasured(plan)]);
  // Zeros are only said of what there is.
  if (spans.length === 0) await requireKnown(query);
  return withIdle(spans, measuredMs, { scope, targetId: id, name });
}

/** Spans of five minutes and of days were not stored from the beginning: what came before them is made of these. */
const FINER: Partial<Record<MetricResolution, MetricResolution>> = { "5m": "1m", "1d": "1h" };

async function readStored({ resolution, fromMs, toMs }: SeriesPlan, query: MetricsQuery): Promise<RollUp[]> {
  if (resolution === "1s") {
    const frames = await readFrames(db(), fromMs, toMs, partOf(query));
    return spansOfFrames(
      frames.map(({ frame }) => frame),
      query,
    );
  }
  const { scope, id, name } = query;
  const targetId = scope === "all" ? EVERYTHING : id;
  const read = (of: MetricResolution, untilMs: number) =>
    readRollUps(db(), { resolution: of, scope, targetId, fromMs, toMs: untilMs, ...(name !== undefined && { name }) });
  const spans = await read(resolution, toMs);
  const finer = FINER[resolution];
  const sinceMs = spans[0]?.atMs ?? toMs;
  if (finer === undefined || sinceMs <= fromMs) return spans;
  return [...rollUp(await read(finer, sinceMs), resolution), ...spans];
}

/** All pools together. Before that was stored by itself, it is the sum of what was stored of each. */
async function readTogether(plan: SeriesPlan, query: MetricsQuery): Promise<RollUp[]> {
  const spans = await readStored(plan, query);
  if (plan.resolution === "1s") return spans;
  const { resolution, fromMs } = plan;
  const toMs = spans[0]?.atMs ?? plan.toMs;
  const before = await readRollUps(db(), { resolution, scope: "pool", fromMs, toMs });
  return [...before, ...spans];
}

/** When anything was measured: starts of spans. */
async function readMeasured({ resolution, fromMs, toMs }: SeriesPlan): Promise<number[]> {
  if (resolution === "1s")
    return (await readFrames(db(), fromMs, toMs, "none")).map(({ atMs }) => atMs - METRIC_RESOLUTIONS["1s"]);
  const read = (of: MetricResolution, untilMs: number) =>
    readMeasuredMs(db(), { resolution: of, scope: "all", targetId: EVERYTHING, fromMs, toMs: untilMs });
  const measured = await read(resolution, toMs);
  const finer = FINER[resolution];
  const sinceMs = measured.reduce((first, atMs) => Math.min(first, atMs), toMs);
  if (finer === undefined || sinceMs <= fromMs) return measured;
  const before = await read(finer, sinceMs);
  return [...before.map((atMs) => spanStartMs(atMs, METRIC_RESOLUTIONS[resolution])), ...measured];
}

function partOf({ scope, id = "" }: MetricsQuery): FramePart {
  switch (scope) {
    case "all":
      return "pools";
    case "pool":
      return { pool: id };
    case "node":
      return { node: id };
    case "route":
    case "class":
      return "flows";
  }
}

async function requireKnown({ scope, id = "" }: MetricsQuery): Promise<void> {
  if (scope === "all") return;
  const { document } = await currentHead();
  if (scope === "pool" || scope === "class") findPool(document, id);
  else if (scope === "route") findRoute(document, id);
  else findNode(document, id);
}
