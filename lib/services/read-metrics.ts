import type { Actor } from "#lib/contracts/access.ts";
import { type MetricSeries, MetricsQuery } from "#lib/contracts/metrics.ts";
import { metricRetentionMs } from "#lib/core/retention.ts";
import type { RollUp } from "#lib/core/roll-up.ts";
import { planSeries, type SeriesPlan, spansOfFrames, toSeries } from "#lib/core/series.ts";
import { authorise, authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode, findPool } from "#lib/services/head.ts";
import { invalidInput, parse } from "#lib/services/parse.ts";
import { retentionSettings } from "#lib/services/retention/retention.ts";
import { db } from "#lib/store/db.ts";
import { type FramePart, readFrames } from "#lib/store/frames.ts";
import { readRollUps } from "#lib/store/rollups.ts";

/**
 * The chart series of everything, a pool, or a node, of at most 300 points; percentiles come from merged histograms.
 * What was not measured is null. A pool or node that was removed is answered as long as its measurements are kept.
 * @throws {ServiceError} `invalid-input`, or `not-found` for an id without configuration and measurements
 */
export async function readMetrics(actor: Actor, input: unknown): Promise<MetricSeries> {
  requireRole(actor, "viewer");
  if (actor.poolIds !== undefined) await requireReach(actor, input);
  const query = parse(MetricsQuery, input);
  if (query.scope !== "all" && query.id === undefined)
    throw invalidInput([{ path: ["id"], code: "invalid_type", message: `is required with scope ${query.scope}` }]);
  const plan = planSeries(query, Date.now(), metricRetentionMs(await retentionSettings()));
  const spans = await readSpans(plan, query);
  if (spans.length === 0) await requireKnown(query);
  const { fromMs, toMs, stepMs } = plan;
  const id = query.scope === "all" ? null : (query.id ?? null);
  return { scope: query.scope, id, fromMs, toMs, stepMs, points: toSeries(plan, spans) };
}

/** Who is limited to some pools reads of those, and of their nodes; the sum of everything is not theirs. */
async function requireReach(actor: Actor, input: unknown): Promise<void> {
  const { scope, id = "" } = MetricsQuery.partial().parse(input);
  if (scope === "pool") authoriseInPool(actor, "viewer", id);
  else if (scope === "node") authoriseInPool(actor, "viewer", findNode((await currentHead()).document, id).pool.id);
  else authorise(actor, "viewer");
}

async function readSpans({ resolution, fromMs, toMs }: SeriesPlan, query: MetricsQuery): Promise<RollUp[]> {
  if (resolution === "1s") {
    const frames = await readFrames(db(), fromMs, toMs, partOf(query));
    return spansOfFrames(
      frames.map(({ frame }) => frame),
      query,
    );
  }
  const scope = query.scope === "node" ? "node" : "pool";
  const targetId = query.scope === "all" ? undefined : query.id;
  return readRollUps(db(), { resolution, scope, targetId, fromMs, toMs });
}

function partOf({ scope, id = "" }: MetricsQuery): FramePart {
  if (scope === "all") return "pools";
  return scope === "pool" ? { pool: id } : { node: id };
}

async function requireKnown({ scope, id = "" }: MetricsQuery): Promise<void> {
  if (scope === "all") return;
  const { document } = await currentHead();
  if (scope === "pool") findPool(document, id);
  else findNode(document, id);
}
