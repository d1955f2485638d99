// Configuration joined with what is known of it now: what the API answers and the dashboard shows.
import type { ConfigDocument, ConfigNode, ConfigPool, ConfigRoute } from "#lib/contracts/config.ts";
import type { NodeView, PoolView, RouteView } from "#lib/contracts/views.ts";
import { deriveStatus } from "#lib/core/status.ts";
import { db } from "#lib/store/db.ts";
import { readFacts } from "#lib/store/facts.ts";
import { type InFlight, readInFlight } from "#lib/store/frames.ts";

export type NodeOfPool = { pool: ConfigPool; node: ConfigNode };

/** Views of the given nodes, with facts and status as of now. */
export async function nodeViews(nodes: readonly NodeOfPool[]): Promise<NodeView[]> {
  if (nodes.length === 0) return [];
  const factsOf = await readFacts(db(), nodes.length <= FEW ? nodes.map(({ node }) => node.id) : undefined);
  const nowMs = Date.now();
  // Only "draining or drained" asks how much is still in flight.
  const draining = nodes.some(({ node }) => factsOf(node, nowMs).admin.state === "drain");
  const inFlight = draining ? await readInFlight(db()) : new Map<string, InFlight>();
  return nodes.map(({ pool, node }) => {
    const facts = factsOf(node, nowMs);
    const { healthCheck, warmUp } = pool;
    const pending = inFlightSince(facts.admin.sinceMs, inFlight.get(node.id));
    const { status, reason } = deriveStatus(facts, { inFlight: pending, healthCheck, warmUp, nowMs });
    return { ...node, poolId: pool.id, facts, status, statusReason: reason };
  });
}

/** What is in flight, measured after the admin state was set and the proxies knew of it. */
function inFlightSince(sinceMs: number, measured: InFlight | undefined): number {
  return measured && measured.atMs >= sinceMs + PUSH_MS ? measured.inFlight : NOT_KNOWN_TO_BE_EMPTY;
}
/** Within this time every proxy has been told of an operator's order. */
const PUSH_MS = 250;
/** A node on which nobody reports is not shown as drained. */
const NOT_KNOWN_TO_BE_EMPTY = 1;
/** More than these are read with everything else in one sweep of the tables. */
const FEW = 500;

export async function poolViews(document: ConfigDocument, pools: readonly ConfigPool[]): Promise<PoolView[]> {
  const views = await nodeViews(pools.flatMap((pool) => pool.nodes.map((node) => ({ pool, node }))));
  const byPool = Map.groupBy(views, (view) => view.poolId);
  const routes = Map.groupBy(document.routes, (route) => route.poolId);
  return pools.map((pool) => ({
    ...pool,
    nodes: byPool.get(pool.id) ?? [],
    routeCount: routes.get(pool.id)?.length ?? 0,
  }));
}

export function routeView(document: ConfigDocument, route: ConfigRoute): RouteView {
  return { ...route, poolName: document.pools.find((pool) => pool.id === route.poolId)?.name ?? "" };
}
