import type { Actor } from "#lib/contracts/access.ts";
import type { ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import {
  type NodeResourceSeries,
  type NodeResources,
  ResourceListQuery,
  ResourcesQuery,
} from "#lib/contracts/resources.ts";
import { currentResources, type ToldResources } from "#lib/core/resources/current.ts";
import { planResources, toResourcePoints } from "#lib/core/resources/series.ts";
import { metricRetentionMs } from "#lib/core/retention.ts";
import { authoriseInPool, reaches, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode, findPool } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { retentionSettings } from "#lib/services/retention/retention.ts";
import { db } from "#lib/store/db.ts";
import { readResourceSpans, readTold } from "#lib/store/resources.ts";

type NodeOfPool = { pool: ConfigPool; node: Pick<ConfigNode, "id"> };
const current = ({ pool, node }: NodeOfPool, told: ReadonlyMap<string, ToldResources>): NodeResources =>
  currentResources(
    { nodeId: node.id, poolId: pool.id, settings: pool.resources },
    told.get(node.id) ?? null,
    Date.now(),
  );

/** What is known now of the nodes of a pool, or of all pools that the actor reaches. */
export async function listResources(actor: Actor, input: unknown): Promise<NodeResources[]> {
  requireRole(actor, "viewer");
  const { poolId } = parse(ResourceListQuery, input);
  const { document } = await currentHead();
  if (poolId !== undefined) authoriseInPool(actor, "viewer", findPool(document, poolId).id);
  const pools = document.pools.filter(({ id }) => (poolId === undefined ? reaches(actor, id) : id === poolId));
  const nodes = pools.flatMap((pool) => pool.nodes.map((node) => ({ pool, node })));
  // Nothing is told of nodes that nobody asks.
  const isAnyOn = pools.some(({ resources }) => resources.source !== "off");
  const told = isAnyOn
    ? await readTold(db(), poolId === undefined ? undefined : nodes.map(({ node }) => node.id))
    : new Map();
  return nodes.map((each) => current(each, told));
}

/** What is known of one node now, and its history. */
export async function readNodeResources(actor: Actor, id: string, input: unknown): Promise<NodeResourceSeries> {
  requireRole(actor, "viewer");
  const found = findNode((await currentHead()).document, id);
  authoriseInPool(actor, "viewer", found.pool.id);
  const plan = planResources(parse(ResourcesQuery, input), Date.now(), metricRetentionMs(await retentionSettings()));
  const { resolution, fromMs, toMs, stepMs } = plan;
  const [told, spans] = await Promise.all([
    readTold(db(), [id]),
    readResourceSpans(db(), { nodeId: id, resolution, fromMs, toMs }),
  ]);
  return { current: current(found, told), fromMs, toMs, stepMs, points: toResourcePoints(plan, spans) };
}

/** Of those of the given nodes that are configured, for the live stream. */
export async function readLiveResources(ids: ReadonlySet<string>): Promise<NodeResources[]> {
  const { document } = await currentHead();
  const told = await readTold(db(), [...ids]);
  return document.pools.flatMap((pool) =>
    pool.nodes.filter((node) => ids.has(node.id)).map((node) => current({ pool, node }, told)),
  );
}
