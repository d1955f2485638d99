// The configuration of npm run demo: the pools of the dashboard's demo fleet and their routes, made and removed over REST.
import { DEMO_HOST, DEMO_POOLS, NPM_DEMO_MARK } from "#lib/core/demo/fleet.ts";
import type { DemoApi } from "./api.ts";
import type { DemoNode } from "./fleet.ts";

/** Both fleets have the same names and the same host. @throws {Error} while the dashboard's is there, or what one left */
export async function requireNoOther(api: Pick<DemoApi, "demo">): Promise<void> {
  const { state } = await api.demo();
  if (state !== "off")
    throw new Error("The dashboard's demo fleet is there: remove it from its banner, or with npx gb demo stop.");
}

/** Makes the pools with their nodes, and one route to each. */
export async function setUp(api: DemoApi, nodes: readonly { spec: DemoNode; url: string }[]): Promise<void> {
  for (const { name, algorithm, pathPrefix, labels, nodes: its } of DEMO_POOLS) {
    const poolId = await api.createPool({
      name,
      algorithm,
      description: NPM_DEMO_MARK,
      labels,
      healthCheck: { intervalMs: 2_000, timeoutMs: 1_500 },
      // The flaky node is back for a minute and a half at a time: a visitor is to see its ramp to the end.
      warmUp: { windowMs: 30_000 },
    });
    for (const { id: _, ...node } of its) {
      const url = nodes.find(({ spec }) => spec.name === node.name)?.url;
      await api.createNode(poolId, { ...node, url });
    }
    await api.createRoute({ name, match: { host: DEMO_HOST, pathPrefix }, poolId });
  }
}

/** Removes every pool that carries the demo's mark, with the routes to it: also what a killed demo left. */
export async function tearDown(api: DemoApi): Promise<void> {
  const pools = (await api.pools()).filter(({ description }) => description === NPM_DEMO_MARK);
  const ids = new Set(pools.map((pool) => pool.id));
  for (const route of await api.routes()) if (route.poolId && ids.has(route.poolId)) await api.deleteRoute(route.id);
  for (const pool of pools) await api.deletePool(pool.id);
}
