import type { Actor } from "#lib/contracts/access.ts";
import { type HeatMap, HeatMapQuery } from "#lib/contracts/heat-map.ts";
import { heatRows, planHeatMap } from "#lib/core/heat-map.ts";
import { metricRetentionMs } from "#lib/core/retention.ts";
import { authoriseInPool } from "#lib/services/access.ts";
import { currentHead, findPool } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { retentionSettings } from "#lib/services/retention/retention.ts";
import { db } from "#lib/store/db.ts";
import { readRollUps } from "#lib/store/rollups.ts";

/**
 * P99 and share of failures of each node of a pool, at most 60 steps over the range, from merged histograms and counts.
 * @throws {ServiceError} `not-found`, `invalid-input`
 */
export async function readHeatMap(actor: Actor, poolId: string, input: unknown): Promise<HeatMap> {
  authoriseInPool(actor, "viewer", poolId);
  const query = parse(HeatMapQuery, input);
  const pool = findPool((await currentHead()).document, poolId);
  const retentionMs = metricRetentionMs(await retentionSettings());
  const plan = planHeatMap(query, Date.now(), retentionMs, pool.nodes.length);
  const { resolution, fromMs, toMs, stepMs } = plan;
  const rows = heatRows(plan, await readRollUps(db(), { resolution, scope: "node", poolId, fromMs, toMs }));
  const nothing = Array.from({ length: (toMs - fromMs) / stepMs }, () => null);
  return {
    ...{ poolId, fromMs, toMs, stepMs },
    nodes: pool.nodes.map(({ id, name }) => ({
      ...{ nodeId: id, name },
      ...(rows.get(id) ?? { p99Ms: nothing, errorRatio: nothing }),
    })),
  };
}
