// What is counted of requests beyond their sums: by route and class, why they failed, second copies, connections to nodes.
import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { startHttp2Node } from "./http2/nodes.ts";
import { configOf, deadUrl, proxyFor, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const calm = { ejection: { enabled: false }, breaker: { enabled: false }, hedge: { enabled: false } };
const once = { retry: { maxRetries: 0 } };

describe("requests are counted", () => {
  test("by the route that led them to their pool, plain or not, and those that none matched by themselves", async () => {
    const node = await startNode();
    const [poolId, plain, edited] = [randomUUID(), randomUUID(), randomUUID()];
    const routes = [
      { id: plain, match: { pathPrefix: "/plain" }, poolId },
      { id: edited, match: { pathPrefix: "/edited" }, poolId, maxBodyBytes: 100 },
    ];
    const { url, measured } = await startProxy(configOf([{ id: poolId, nodes: [node] }], routes));
    await load(`${url}/plain`, 3);
    await load(`${url}/edited`, 2);
    await request(`${url}/other`);
    const { flows = [], pools } = measured();
    const told = new Map(flows.map((flow) => [flow.routeId, [flow.requests, flow.status2xx, flow.class]]));
    expect(told).toEqual(
      new Map([
        [plain, [3, 3, undefined]],
        [edited, [2, 2, undefined]],
        [null, [1, 1, undefined]],
      ]),
    );
    expect(pools[0]).toMatchObject({ requests: 6, successes: 6 });
    expect(measured().flows ?? []).toEqual([]);
  });

  test("by class, where the pool has classes, whether or not they wait", async () => {
    const node = await startNode();
    const classes = [{ name: "gold", pathPrefixes: ["/gold"] }];
    const { url, measured } = await proxyFor([node], { classes });
    await load(`${url}/gold`, 2);
    await request(`${url}/rest`);
    const told = (measured().flows ?? []).map((flow) => [flow.class, flow.requests]);
    expect(new Map(told as [string, number][])).toEqual(
      new Map([
        ["gold", 2],
        ["default", 1],
      ]),
    );
  });

  test("in flight as long as they are, also when their route is gone meanwhile", async () => {
    const held: (() => void)[] = [];
    const node = await startNode((_request, response) => held.push(() => response.end("ok")));
    const [poolId, routeId] = [randomUUID(), randomUUID()];
    const pool = { id: poolId, nodes: [node], ...calm };
    const { url, measured, server } = await startProxy(
      configOf([pool], [{ id: routeId, match: { pathPrefix: "/" }, poolId }]),
    );
    const answer = request(`${url}/`);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    server.applyConfig(configOf([pool], [], 2));
    expect(server.takeFrame(1_000).flows).toMatchObject([{ routeId, requests: 0, inFlight: 1 }]);
    held[0]?.();
    await answer;
    expect((measured().flows ?? []).reduce((sum, flow) => sum + flow.requests, 0)).toBe(1);
  });
});

describe("failures are counted by cause", () => {
  test("a status of the node, for the node and for the clients", async () => {
    const failing = await startNode((_request, response) => response.writeHead(503).end());
    const { url, measured } = await proxyFor([failing], { ...calm, ...once });
    await load(url, 3);
    const { pools, nodes } = measured();
    expect(pools[0]).toMatchObject({ failures: 3, details: { causes: { "status-503": 3 } } });
    expect(nodes[0]).toMatchObject({ failures: 3, details: { causes: { "status-503": 3 } } });
  });

  test("a connection that cannot be made; what a retry mended is the node's alone", async () => {
    const dead = { id: randomUUID(), url: await deadUrl() };
    const node = await startNode();
    const both = await proxyFor([dead, node], calm);
    await load(both.url, 4, 1);
    const { pools, nodes } = both.measured();
    const refused = nodes[0]?.details?.causes?.["connect-refused"] ?? 0;
    expect(refused).toBeGreaterThan(0);
    expect(nodes[0]?.details).toMatchObject({ connectionsFailed: refused });
    expect(pools[0]).toMatchObject({ requests: 4, successes: 4, retries: refused });
    expect(pools[0]?.details?.causes).toBeUndefined();

    const alone = await proxyFor([dead], calm);
    await request(alone.url);
    expect(alone.measured().pools[0]).toMatchObject({ failures: 1, details: { causes: { "connect-refused": 1 } } });
  });

  test("an answer that breaks off within its body, and a want of nodes", async () => {
    const broken = await startNode((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("part", () => response.destroy());
    });
    const { url, measured } = await proxyFor([broken], {
      ...calm,
      ...once,
      retry: { maxRetries: 0, holdAnswerBytes: 0 },
    });
    await request(url).catch(() => null);
    await vi.waitFor(() => expect(measured().pools[0]?.details?.causes).toEqual({ "answer-truncated": 1 }));
    const empty = await proxyFor([]);
    await request(empty.url);
    const causes = Object.keys(empty.measured().pools[0]?.details?.causes ?? {});
    expect(causes).toEqual(["no-usable-node"]);
  });

  test("success has none", async () => {
    const { url, measured } = await proxyFor([await startNode()]);
    await load(url, 5);
    expect(measured().pools[0]?.details?.causes).toBeUndefined();
  });
});

describe("connections to nodes are counted", () => {
  test("opened once and used again, and open as long as they are", async () => {
    const node = await startNode();
    const { url, measured } = await proxyFor([node]);
    for (let i = 0; i < 4; i++) await request(url);
    const first = measured();
    expect(first.pools[0]?.details).toMatchObject({ connectionsOpened: 1, connectionsReused: 3 });
    expect(first.nodes[0]).toMatchObject({ connections: 1, details: { connectionsOpened: 1, connectionsReused: 3 } });
    await node.close();
    await vi.waitFor(() => expect(measured().nodes[0]?.connections).toBe(0));
  });

  test("of each route and class those that its own attempts had, which add up to the node's", async () => {
    const node = await startNode();
    const [poolId, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    const classes = [{ name: "gold", pathPrefixes: ["/first/gold"] }];
    const routes = [
      { id: first, match: { pathPrefix: "/first" }, poolId },
      { id: second, match: { pathPrefix: "/second" }, poolId },
    ];
    const { url, measured } = await startProxy(configOf([{ id: poolId, nodes: [node], classes }], routes));
    for (const path of ["/first/gold", "/first", "/first/gold", "/second"]) await request(`${url}${path}`);
    const { flows = [], nodes } = measured();
    const told = flows.map(({ routeId, class: name, details }) => [routeId, name, details]);
    expect(told).toEqual([
      [first, "gold", { connectionsOpened: 1, connectionsReused: 1 }],
      [first, "default", { connectionsReused: 1 }],
      [second, "default", { connectionsReused: 1 }],
    ]);
    expect(nodes[0]?.details).toEqual({ connectionsOpened: 1, connectionsReused: 3 });
  });

  test("also those that could not be made, and streams of one HTTP/2 session", async () => {
    const [poolId, routeId] = [randomUUID(), randomUUID()];
    const routes = [{ id: routeId, match: { pathPrefix: "/" }, poolId }];
    const dead = { id: randomUUID(), url: await deadUrl() };
    const failing = await startProxy(configOf([{ id: poolId, nodes: [dead], ...calm, ...once }], routes));
    await load(failing.url, 2, 1);
    expect(failing.measured().flows).toMatchObject([{ routeId, details: { connectionsFailed: 2 } }]);

    const node = await startHttp2Node();
    const serving = await startProxy(configOf([{ id: poolId, protocol: "h2c", nodes: [node] }], routes));
    await Promise.all([request(serving.url), request(serving.url), request(serving.url)]);
    const { flows, nodes } = serving.measured();
    const counted = { connectionsOpened: 1, connectionsReused: 2 };
    expect(flows).toMatchObject([{ routeId, details: counted }]);
    expect(nodes[0]?.details).toMatchObject(counted);
  });
});

describe("who set off that a node was taken out is told with it", () => {
  const failingPool = async (settings: object) => {
    const failing = await startNode((_request, response) => response.writeHead(500).end());
    const [poolId, routeId] = [randomUUID(), randomUUID()];
    const classes = [{ name: "gold", pathPrefixes: ["/gold"] }];
    const pool = { id: poolId, nodes: [failing, await startNode()], classes, ...calm, ...settings };
    const routes = [{ id: routeId, match: { pathPrefix: "/gold" }, poolId }];
    const proxy = await startProxy(configOf([pool], routes));
    return { ...proxy, whose: { nodeId: failing.id, poolId, routeId, class: "gold" } };
  };

  test.each([
    ["ejection", { ejection: { consecutiveFailures: 3, baseEjectionMs: 60_000 } }],
    ["breaker", { breaker: { minimumRequests: 3, openMs: 60_000 } }],
  ])("%s: once, by the request whose outcome did it", async (fact, settings) => {
    const { url, trips, whose } = await failingPool(settings);
    await load(`${url}/gold`, 20, 1);
    expect(trips).toEqual([{ fact, ...whose }]);
  });

  test("a comparison of the nodes is no single request's doing", async () => {
    const settings = {
      ejection: { consecutiveFailures: 1_000, failureRatio: 0.5, sweepMs: 1_000, sweepMinimumRequests: 3 },
    };
    const { url, trips, passive } = await failingPool(settings);
    await vi.waitFor(
      async () => {
        await load(`${url}/gold`, 10, 1);
        expect(passive.some(({ ejection }) => ejection.state === "ejected")).toBe(true);
      },
      { timeout: 10_000 },
    );
    expect(trips).toEqual([]);
  });
});
