// What the demo consists of. Its ids are the same for ever: whatever is made twice, rolled back to or imported is known for what it
// is, and can be removed.
import type { Labels } from "#lib/contracts/config/labels.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { DemoPorts } from "#lib/contracts/demo.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";

/** Host of its requests, of which no real route takes any. */
export const DEMO_HOST = "demo.localhost";

/** Marks the pools of `npm run demo`, so that the next one can clear up after one that was killed, and that there is one of the two only. */
export const NPM_DEMO_MARK = "Made by npm run demo; removed when it ends.";

type DemoPool = {
  id: string;
  routeId: string;
  name: string;
  algorithm: "weighted-round-robin" | "least-connections";
  pathPrefix: string;
  labels: Labels;
  nodes: readonly { id: string; name: string; weight: number; labels: Labels }[];
};

export const DEMO_POOLS: readonly DemoPool[] = [
  {
    id: "d3300000-0000-4000-8000-000000000001",
    routeId: "d3300000-0000-4000-8000-0000000000a1",
    name: "demo-orders",
    algorithm: "weighted-round-robin",
    pathPrefix: "/orders",
    labels: { team: "checkout", tier: "critical" },
    nodes: [
      { id: "d3300000-0000-4000-8000-000000000011", name: "orders-1", weight: 5, labels: { region: "eu-west" } },
      { id: "d3300000-0000-4000-8000-000000000012", name: "orders-2", weight: 3, labels: { region: "us-east" } },
      { id: "d3300000-0000-4000-8000-000000000013", name: "orders-slow", weight: 2, labels: { region: "ap-south" } },
    ],
  },
  {
    id: "d3300000-0000-4000-8000-000000000002",
    routeId: "d3300000-0000-4000-8000-0000000000a2",
    name: "demo-search",
    algorithm: "least-connections",
    pathPrefix: "/search",
    labels: { team: "discovery", tier: "standard" },
    nodes: [
      { id: "d3300000-0000-4000-8000-000000000021", name: "search-1", weight: 1, labels: { region: "eu-west" } },
      { id: "d3300000-0000-4000-8000-000000000022", name: "search-2", weight: 1, labels: { region: "us-east" } },
      { id: "d3300000-0000-4000-8000-000000000023", name: "search-flaky", weight: 1, labels: { region: "ap-south" } },
    ],
  },
];

const POOL_IDS: ReadonlySet<string> = new Set(DEMO_POOLS.map(({ id }) => id));
const ROUTE_IDS: ReadonlySet<string> = new Set(DEMO_POOLS.map(({ routeId }) => routeId));

export const isDemoPool = (poolId: string): boolean => POOL_IDS.has(poolId);

/** Pools of the demo in a document. */
export const demoPoolsIn = ({ pools }: Pick<ConfigDocument, "pools">) => pools.filter(({ id }) => isDemoPool(id));

/** Whether `npm run demo` shows its fleet, whose pools have the same names. */
export const isNpmDemoIn = ({ pools }: Pick<ConfigDocument, "pools">): boolean =>
  pools.some(({ description }) => description === NPM_DEMO_MARK);

/** Takes the demo out of a document: its routes and its pools, nothing else. Empty when there is none. */
export const demoRemoval = (document: ConfigDocument): ConfigOperation[] => [
  ...document.routes
    .filter(({ id }) => ROUTE_IDS.has(id))
    .map(({ id }): ConfigOperation => ({ op: "route.delete", id })),
  ...demoPoolsIn(document).map(({ id }): ConfigOperation => ({ op: "pool.delete", id })),
];

/** Whether every pool, node and route of the demo is there, at these ports. */
export function isWhole(document: ConfigDocument, ports: DemoPorts): boolean {
  const urls = new Map(demoPoolsIn(document).flatMap(({ nodes }) => nodes.map((node) => [node.id, node.url] as const)));
  const routes = new Set(document.routes.map(({ id }) => id));
  return DEMO_POOLS.every(
    ({ routeId, nodes }) => routes.has(routeId) && nodes.every(({ id }) => urls.get(id) === demoNodeUrl(ports, id)),
  );
}

/** Where a node of the demo is. @throws {Error} for one without a port */
export function demoNodeUrl(ports: DemoPorts, nodeId: string): string {
  const port = ports[nodeId];
  if (port === undefined) throw new Error(`The demo's node ${nodeId} has no port`);
  return `http://127.0.0.1:${port}`;
}

/** Whether each node of the demo has a port. */
export const haveAllPorts = (ports: DemoPorts): boolean =>
  DEMO_POOLS.every(({ nodes }) => nodes.every(({ id }) => ports[id] !== undefined));
