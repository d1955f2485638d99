// The demo's configuration: two pools and their routes, made and removed over REST.
import type { DemoApi } from "./api.ts";
import { DEMO_MARK } from "./api.ts";
import type { DemoNode } from "./fleet.ts";

export const DEMO_HOST = "demo.localhost";

const POOLS = [
  { name: "demo-orders", algorithm: "weighted-round-robin", pathPrefix: "/orders" },
  { name: "demo-search", algorithm: "least-connections", pathPrefix: "/search" },
] as const;

/** Makes the pools with their nodes, and one route to each. */
export async function setUp(api: DemoApi, nodes: readonly { spec: DemoNode; url: string }[]): Promise<void> {
  for (const { name, algorithm, pathPrefix } of POOLS) {
    const poolId = await api.createPool({
      name,
      algorithm,
      description: DEMO_MARK,
      healthCheck: { intervalMs: 2_000, timeoutMs: 1_500 },
      // The flaky node is back for a minute and a half at a time: a visitor is to see its ramp to the end.
      warmUp: { windowMs: 30_000 },
    });
    for (const { spec, url } of nodes) {
      if (spec.pool === name) await api.createNode(poolId, { name: spec.name, url, weight: spec.weight });
    }
    await api.createRoute({ name, match: { host: DEMO_HOST, pathPrefix }, poolId });
  }
}

/** Removes every pool that carries the demo's mark, with the routes to it: also what a killed demo left. */
export async function tearDown(api: DemoApi, mark: string): Promise<void> {
  const pools = (await api.pools()).filter((pool) => pool.description === mark);
  const ids = new Set(pools.map((pool) => pool.id));
  for (const route of await api.routes()) if (route.poolId && ids.has(route.poolId)) await api.deleteRoute(route.id);
  for (const pool of pools) await api.deletePool(pool.id);
}
