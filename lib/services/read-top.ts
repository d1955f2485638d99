import type { Actor } from "#lib/contracts/access.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { type MetricTop, type TopItem, TopQuery } from "#lib/contracts/metric-top.ts";
import { metricRetentionMs } from "#lib/core/retention.ts";
import { type SeriesPlan, toTotal } from "#lib/core/series.ts";
import { planTop, type Ranked, rankTop } from "#lib/core/top.ts";
import { authorise } from "#lib/services/access.ts";
import { currentHead } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { retentionSettings } from "#lib/services/retention/retention.ts";
import { db } from "#lib/store/db.ts";
import { readRollUps } from "#lib/store/rollups.ts";
import { readSums } from "#lib/store/tops.ts";

/**
 * The pools, nodes, routes or classes with most requests, most errors or the highest P99 over a range, each with its figures.
 * @throws {ServiceError} `invalid-input`
 */
export async function readTop(actor: Actor, input: unknown): Promise<MetricTop> {
  authorise(actor, "viewer");
  const query = parse(TopQuery, input);
  const plans = planTop(query, Date.now(), metricRetentionMs(await retentionSettings()));
  const { document } = await currentHead();
  for (const plan of plans) {
    const ranked = await rank(plan, query);
    if (ranked.length === 0 && plan !== plans.at(-1)) continue;
    const items = await Promise.all(ranked.map((one) => itemOf(one, plan, query, document)));
    return { of: query.of, by: query.by, fromMs: plan.fromMs, toMs: plan.toMs, items };
  }
  throw new Error("There is always a plan");
}

async function rank(plan: SeriesPlan, { of: scope, by, poolId, limit }: TopQuery): Promise<Ranked[]> {
  const { resolution, fromMs, toMs } = plan;
  return rankTop(await readSums(db(), { resolution, scope, poolId, fromMs, toMs }, by === "p99"), by, limit);
}

async function itemOf(
  { targetId, name, poolId }: Ranked,
  plan: SeriesPlan,
  { of: scope }: TopQuery,
  document: ConfigDocument,
): Promise<TopItem> {
  const { resolution, fromMs, toMs } = plan;
  const spans = await readRollUps(db(), { resolution, scope, targetId, name, fromMs, toMs });
  return {
    id: targetId,
    name: scope === "class" ? name : labelOf(scope, targetId, document),
    poolId,
    poolName: document.pools.find(({ id }) => id === poolId)?.name ?? null,
    figures: toTotal(plan, spans),
  };
}

/** Null: it is no more, or, of a route, has no name. */
function labelOf(scope: TopQuery["of"], id: string, { pools, routes }: ConfigDocument): string | null {
  if (scope === "pool") return pools.find((pool) => pool.id === id)?.name ?? null;
  if (scope === "node") return pools.flatMap(({ nodes }) => nodes).find((node) => node.id === id)?.name ?? null;
  const route = routes.find((each) => each.id === id);
  if (!route) return null;
  const { host, pathPrefix } = route.match;
  return route.name || `${host ?? ""}${pathPrefix ?? ""}` || null;
}
