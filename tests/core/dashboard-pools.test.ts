import { describe, expect, it } from "vitest";
import { earlyWarnings, leavesNobody, newEarlyWarnings, type Seen } from "#components/pools/early-warnings.ts";
import { splitAddress } from "#components/routes/route-trial.tsx";
import { NodeNews } from "#lib/client/node-news.ts";
import { asMatched } from "#lib/client/route-order.ts";
import { type ConfigPool, PoolInput } from "#lib/contracts/config.ts";
import type { NodeStatus } from "#lib/contracts/runtime.ts";
import type { LiveNode, NodeView, PoolView } from "#lib/contracts/views.ts";

const POOL_ID = "5704148e-69be-4e96-bc7e-aecc78aca7dc";
const node = (id: string, status: NodeStatus = "up", more: Partial<NodeView> = {}): NodeView => ({
  id,
  poolId: POOL_ID,
  name: id,
  url: "http://10.0.0.7",
  weight: 1,
  backup: false,
  priority: 0,
  zone: "",
  resourcesUrl: "",
  labels: {},
  maxInFlight: 0,
  rateLimit: null,
  quota: null,
  requestHeaders: { set: {}, remove: [] },
  credentials: [],
  status,
  statusReason: "ok",
  facts: {
    nodeId: id,
    admin: { state: "ready", sinceMs: 0, deadlineMs: null, keepSessions: false, by: "" },
    health: {
      state: "healthy",
      sinceMs: 0,
      reason: "ok",
      level: null,
      detail: "",
      consecutivePasses: 1,
      consecutiveFailures: 0,
      lastCheckMs: 0,
      latencyMs: 1,
    },
    warmUp: null,
    adjustment: { dynamic: null, degrade: null },
    ejection: { state: "in", timesEjected: 0 },
    breaker: { state: "closed" },
    cooling: { state: "not-cooling" },
    resolution: null,
    quota: null,
  },
  ...more,
});
const pool = (nodes: NodeView[]): PoolView => ({
  ...PoolInput.parse({ name: "p", algorithm: "least-connections" }),
  id: POOL_ID,
  nodes,
  routeCount: 0,
});

describe("warnings while a pool is edited", () => {
  const seen = { load: { inFlight: 4, requestsPerSecond: 100 }, workers: 1 };
  const codes = (from: PoolView, edited: ConfigPool, told: Seen = seen) =>
    newEarlyWarnings(from, edited, told).map(({ code, path }) => `${code} at ${path}`);
  const two = pool([node("a"), node("b")]);
  const withWeights = (from: PoolView, ...weights: number[]): ConfigPool => ({
    ...from,
    nodes: from.nodes.map((each, i) => ({ ...each, weight: weights[i] ?? each.weight })),
  });

  it("tell of weights that leave nobody, and of one node that is left alone under load", () => {
    expect(codes(two, withWeights(two, 1, 2))).toEqual([]);
    expect(codes(two, withWeights(two, 1, 0))).toEqual(["no-spare-node at nodes"]);
    expect(codes(two, withWeights(two, 1, 0), { load: undefined, workers: 1 })).toEqual([]);
    expect(codes(two, withWeights(two, 0, 0))).toEqual(["all-weights-zero at nodes"]);
    expect(leavesNobody(newEarlyWarnings(two, withWeights(two, 0, 0), seen))).toBe(true);
    expect(leavesNobody(newEarlyWarnings(two, withWeights(two, 1, 0), seen))).toBe(false);
  });

  it("go by the state that the nodes are in", () => {
    const down = pool([node("a"), node("b")]);
    Object.assign(down.nodes[1] as NodeView, { facts: { ...node("b").facts, health: { state: "unhealthy" } } });
    expect(codes(down, withWeights(down, 0, 1))).toEqual(["no-healthy-node at nodes"]);
    // A node that is only in the form is not known to be unhealthy.
    expect(
      codes(down, {
        ...withWeights(down, 0, 1),
        nodes: [...withWeights(down, 0, 1).nodes, node("new", "up", { url: "http://c" })],
      }),
    ).toEqual([]);
  });

  it("stand at the field of the pool's settings, and are not told again for what the pool has as it is", () => {
    const never = { ...two, breaker: { ...two.breaker, errorRatio: 1 } };
    expect(codes(two, never)).toContain("breaker-never-opens at breaker.errorRatio");
    expect(codes(never, { ...never, description: "x" })).toEqual([]);
    expect(earlyWarnings(never, never, seen).map(({ path }) => path)).toContain("breaker.errorRatio");
    const rare = { load: { inFlight: 0, requestsPerSecond: 0.1 }, workers: 1 };
    expect(earlyWarnings(two, two, rare).map(({ code, path }) => `${code} at ${path}`)).toContain(
      "breaker-below-volume at breaker.minimumRequests",
    );
  });
});

describe("news of nodes", () => {
  const told = (sinceMs: number, status: NodeStatus): LiveNode => {
    const { facts } = node("a");
    return {
      nodeId: "a",
      poolId: POOL_ID,
      facts: { ...facts, admin: { ...facts.admin, sinceMs } },
      status,
      statusReason: "ok",
    };
  };
  const statusOf = (one: PoolView) => one.nodes[0]?.status;

  it("are not undone by an answer that was asked for before them", () => {
    const news = new NodeNews();
    news.take(told(0, "down"));
    const { mark } = news;
    expect(statusOf(news.bringUpToDate(pool([node("a", "up")]), mark))).toBe("up");
    news.take(told(0, "down"));
    expect(statusOf(news.bringUpToDate(pool([node("a", "up")]), mark))).toBe("down");
  });

  it("do not bring back what an operator has ended since", () => {
    const news = new NodeNews();
    expect(news.take(told(2_000, "up"))).toBe(true);
    expect(news.take(told(1_999, "drained"))).toBe(false);
    expect(news.take(told(2_000, "down"))).toBe(true);
  });

  it("are not undone by the answer to an operation that was read before they came", () => {
    const news = new NodeNews();
    const { mark } = news;
    expect(news.hasToldSince(mark, "a", 2_000)).toBe(false);
    news.take(told(1_999, "maintenance"));
    expect(news.hasToldSince(mark, "a", 2_000)).toBe(false);
    news.take(told(2_000, "up"));
    expect(news.hasToldSince(mark, "a", 2_000)).toBe(true);
    expect(news.hasToldSince(news.mark, "a", 2_000)).toBe(false);
  });
});

describe("routes", () => {
  const route = (match: object) => ({ match });

  it("are listed in the order in which they win", () => {
    const inOrder = [
      route({ host: "api.example.org", pathPrefix: "/v1/orders" }),
      route({ host: "api.example.org", pathPrefix: "/v1", method: "GET", headers: { a: "1" } }),
      route({ host: "api.example.org", pathPrefix: "/v1", method: "GET" }),
      route({ host: "api.example.org" }),
      route({ host: "*.api.example.org" }),
      route({ host: "*.example.org", pathPrefix: "/long/prefix" }),
      route({ pathPrefix: "/v1" }),
      route({}),
    ];
    expect(asMatched(inOrder.toReversed())).toEqual(inOrder);
  });

  it.each([
    ["https://API.example.org:8443/v1/x?y=1", { host: "api.example.org", path: "/v1/x" }],
    ["api.example.org", { host: "api.example.org", path: "/" }],
    ["/v1/x", { host: "", path: "/v1/x" }],
    ["", null],
    ["http://", null],
  ])("are tried with %s", (text, parts) => {
    expect(splitAddress(text)).toEqual(parts);
  });
});
