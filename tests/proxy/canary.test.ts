// A canary beside the revision in force: whose requests go by it, and what the two share, over real sockets.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type http from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { PublishedConfig } from "#lib/contracts/config.ts";
import { canarySeed, isOfCanary } from "#lib/core/canary/arm.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { RawClient, request } from "./clients.ts";
import { connectHttp2, http2Request } from "./http2/clients.ts";
import { configOf, type PoolDraft, startNode, startProxy } from "./rig.ts";
import { startWorker } from "./worker-processes.ts";

afterEach(cleanUp);

const BY_USER = { from: "header", name: "x-user" } as const;

/** The configuration in force with a canary of other pools and routes beside it. */
function withCanary(
  control: PublishedConfig,
  pools: PoolDraft[],
  { routes = [] as object[], sharePercent = 50, key = BY_USER as object } = {},
): PublishedConfig {
  const id = randomUUID();
  const { document } = configOf(pools, routes);
  return { ...control, canary: { id, revision: control.revision + 1, document, sharePercent, key: key as never } };
}

/** A user of each arm. */
function users({ canary }: PublishedConfig) {
  const { id = "", sharePercent = 0 } = canary ?? {};
  const names = Array.from({ length: 200 }, (_, i) => `user-${i}`);
  const isOf = (name: string) => isOfCanary(name, canarySeed(id), sharePercent);
  const as = (name: string | undefined) => ({ headers: { "x-user": name as string } });
  return { canary: as(names.find(isOf)), control: as(names.find((name) => !isOf(name))) };
}

const poolOf = (id: string, nodes: { id: string; url: string }[], settings: object = {}): PoolDraft => ({
  id,
  nodes: nodes.map((node) => ({ id: node.id, url: node.url })),
  ...settings,
});

describe("the clients of a canary", () => {
  test("are its share of distinct addresses, each in one arm at every process of the worker", async () => {
    const [old, young] = [await startNode(), await startNode((_, response) => response.end("canary"))];
    const poolId = randomUUID();
    const control = configOf([poolOf(poolId, [old])]);
    const config = withCanary(control, [poolOf(poolId, [young])], {
      sharePercent: 20,
      key: { from: "client-address" },
    });
    const worker = await startWorker(3, config);
    const arms: string[] = [];
    for (let i = 0; i < 300; i++) {
      const localAddress = `127.${1 + (i % 9)}.${i % 250}.${1 + (i % 200)}`;
      const answers = await Promise.all(worker.urls.map((url) => request(url, { localAddress })));
      const bodies = new Set(answers.map(({ status, body }) => `${status} ${body}`));
      expect(bodies.size, `${localAddress} is in one arm`).toBe(1);
      arms.push([...bodies][0] as string);
    }
    const ofCanary = arms.filter((arm) => arm === "200 canary").length;
    expect(arms.every((arm) => arm === "200 canary" || arm === "200 ok")).toBe(true);
    // 20 % of 300, within four standard deviations.
    expect(ofCanary).toBeGreaterThan(60 - 28);
    expect(ofCanary).toBeLessThan(60 + 28);
    expect(young.hits).toBe(3 * ofCanary);
  }, 60_000);

  test("stay in their arm over HTTP/1, HTTP/2 and WebSocket, and are measured there", async () => {
    const [old, young] = [await startNode(), await startNode((_, response) => response.end("canary"))];
    for (const node of [old, young]) {
      const sockets = new WebSocketServer({ server: node.server as http.Server });
      sockets.on("connection", (socket) => socket.send(node === young ? "canary" : "control"));
      onCleanUp(() => void sockets.close());
    }
    const poolId = randomUUID();
    const config = withCanary(configOf([poolOf(poolId, [old])]), [poolOf(poolId, [young])]);
    const proxy = await startProxy(config);
    const { canary, control } = users(config);
    for (const [arm, expected] of [
      [canary, "canary"],
      [control, "ok"],
    ] as const) {
      expect((await request(proxy.url, arm)).body).toBe(expected);
      const session = connectHttp2(proxy.port);
      expect((await http2Request(session, { ":path": "/", ...arm.headers })).body.toString()).toBe(expected);
      session.close();
      const socket = new WebSocket(proxy.url.replace("http", "ws"), arm);
      const [message] = (await once(socket, "message")) as [Buffer];
      expect(message.toString()).toBe(expected === "ok" ? "control" : "canary");
      socket.close();
      await once(socket, "close");
    }
    const frames = [...proxy.frames, proxy.server.takeFrame(0)];
    const counted = frames.flatMap((frame) => frame.canary ?? []);
    const requests = (arm: string) =>
      counted.filter((part) => part.arm === arm).reduce((sum, part) => sum + part.requests, 0);
    expect([requests("control"), requests("canary")]).toEqual([3, 3]);
    expect(counted.every((part) => part.poolId === poolId && part.canaryId === config.canary?.id)).toBe(true);
  });

  test("count as failed when no route of theirs takes them, while the others are served", async () => {
    const node = await startNode();
    const poolId = randomUUID();
    const control = configOf([poolOf(poolId, [node])]);
    const config = withCanary(control, [poolOf(poolId, [node], { isDefault: false })]);
    const proxy = await startProxy(config);
    const { canary, control: other } = users(config);
    expect([(await request(proxy.url, canary)).status, (await request(proxy.url, other)).status]).toEqual([404, 200]);
    const counted = [...proxy.frames, proxy.server.takeFrame(0)].flatMap((frame) => frame.canary ?? []);
    expect(counted).toMatchObject([
      { arm: "control", poolId, failures: 0, requests: 1 },
      { arm: "canary", poolId: null, failures: 1, requests: 1 },
    ]);
  });
});

describe("both arms", () => {
  test("share what is known of a node: failures that the canary's clients met take it from everybody", async () => {
    const bad = await startNode((_, response) => {
      response.statusCode = 500;
      response.end();
    });
    const good = await startNode();
    const poolId = randomUUID();
    const settings = { ejection: { consecutiveFailures: 3, maxEjectedRatio: 0.5 } };
    const control = configOf([poolOf(poolId, [bad, good], settings)]);
    const config = withCanary(control, [poolOf(poolId, [bad, good], settings)]);
    const proxy = await startProxy(config);
    const { canary, control: other } = users(config);
    for (let i = 0; i < 12; i++) await request(proxy.url, canary);
    const hitsBefore = bad.hits;
    expect(proxy.server.nodeState(bad.id)?.ejection.state).toBe("ejected");
    for (let i = 0; i < 6; i++) expect((await request(proxy.url, other)).status).toBe(200);
    for (let i = 0; i < 6; i++) expect((await request(proxy.url, canary)).status).toBe(200);
    expect(bad.hits).toBe(hitsBefore);
  });

  test("share a node's slots: what one has in flight the other waits for", async () => {
    const held: http.ServerResponse[] = [];
    const node = await startNode((_, response) => held.push(response));
    const poolId = randomUUID();
    const nodes = [{ id: node.id, url: node.url, maxInFlight: 1 }];
    const control = configOf([{ id: poolId, nodes }]);
    const config = withCanary(control, [{ id: poolId, nodes }]);
    const proxy = await startProxy(config);
    const { canary, control: other } = users(config);
    const first = request(proxy.url, canary);
    await vi.waitFor(() => expect(held.length).toBe(1));
    const second = request(proxy.url, other);
    await vi.waitFor(() => expect(proxy.server.poolState(poolId)?.line.size).toBe(1));
    expect(node.hits).toBe(1);
    held[0]?.end("first");
    expect((await first).body).toBe("first");
    await vi.waitFor(() => expect(held.length).toBe(2));
    held[1]?.end("second");
    expect((await second).body).toBe("second");
    expect(proxy.server.nodeState(node.id)?.inFlight).toBe(0);
    expect(proxy.server.poolState(poolId)?.active).toBe(0);
  });

  test("go by weights of their own, and a node of the canary alone is there for its clients only", async () => {
    const [a, b, extra] = [await startNode(), await startNode(), await startNode()];
    const poolId = randomUUID();
    const weighted = (weights: [{ id: string; url: string }, number][]): PoolDraft => ({
      id: poolId,
      nodes: weights.map(([{ id, url }, weight]) => ({ id, url, weight })),
      healthCheck: { enabled: false },
    });
    const control = configOf([
      weighted([
        [a, 1],
        [b, 1],
      ]),
    ]);
    const config = withCanary(control, [
      weighted([
        [a, 1],
        [b, 0],
        [extra, 1],
      ]),
    ]);
    const proxy = await startProxy(config);
    const { canary, control: other } = users(config);
    for (let i = 0; i < 10; i++) await request(proxy.url, other);
    expect([a.hits, b.hits, extra.hits]).toEqual([5, 5, 0]);
    for (let i = 0; i < 10; i++) await request(proxy.url, canary);
    expect([a.hits, b.hits, extra.hits]).toEqual([10, 5, 5]);
  });
});

describe("no request in flight", () => {
  test.each(["promoted", "rolled back"])("is disturbed when a canary starts and when it is %s", async (end) => {
    const held: http.ServerResponse[] = [];
    const node = await startNode((_, response) => held.push(response));
    const extra = await startNode((_, response) => held.push(response));
    const poolId = randomUUID();
    const control = configOf([poolOf(poolId, [node])]);
    const proxy = await startProxy(control);
    const before = request(proxy.url, { headers: { "x-user": "somebody" } });
    await vi.waitFor(() => expect(held.length).toBe(1));
    const config = withCanary(control, [poolOf(poolId, [extra], { healthCheck: { enabled: false } })]);
    proxy.server.applyConfig(config);
    const { canary, control: other } = users(config);
    const during = [request(proxy.url, canary), request(proxy.url, other)];
    await vi.waitFor(() => expect(held.length).toBe(3));
    const document = end === "promoted" ? config.canary?.document : control.document;
    proxy.server.applyConfig({ revision: 2, document: document as PublishedConfig["document"] });
    const after = request(proxy.url, canary);
    await vi.waitFor(() => expect(held.length).toBe(4));
    for (const response of held) response.end("whole");
    const answers = await Promise.all([before, ...during, after]);
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(Array(4).fill("200 whole"));
    expect([node.hits, extra.hits]).toEqual(end === "promoted" ? [2, 2] : [3, 1]);
    expect(proxy.server.poolState(poolId)?.active).toBe(0);
    for (const each of [node, extra]) expect(proxy.server.nodeState(each.id)?.inFlight ?? 0).toBe(0);
  });

  test("is forgotten at its node: what an ended canary still has there counts beside a new one", async () => {
    const held: http.ServerResponse[] = [];
    const node = await startNode((_, response) => held.push(response));
    const poolId = randomUUID();
    const control = configOf([poolOf(poolId, [node])]);
    const first = withCanary(control, [poolOf(poolId, [node])]);
    const proxy = await startProxy(first);
    const asked = request(proxy.url, users(first).canary);
    await vi.waitFor(() => expect(held.length).toBe(1));
    proxy.server.applyConfig(control);
    proxy.server.applyConfig(withCanary(control, [poolOf(poolId, [node])]));
    const inFlight = () => [
      proxy.server.nodeState(node.id)?.inFlight,
      proxy.server.poolState(poolId)?.twin?.nodes[0]?.inFlight,
    ];
    expect(inFlight()).toEqual([1, 1]);
    held[0]?.end("whole");
    expect((await asked).body).toBe("whole");
    expect(inFlight()).toEqual([0, 0]);
  });

  test("is cut: a tunnel of a client of the canary goes on when that is over", async () => {
    const node = await startNode();
    node.server.on("upgrade", (_request: http.IncomingMessage, socket: import("node:stream").Duplex) => {
      socket.on("error", () => {});
      socket.on("end", () => socket.end());
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
      socket.on("data", (bytes) => socket.write(bytes));
    });
    const poolId = randomUUID();
    const control = configOf([poolOf(poolId, [node])]);
    const config = withCanary(control, [poolOf(poolId, [node])]);
    const proxy = await startProxy(config);
    const name = users(config).canary.headers["x-user"];
    const client = new RawClient(proxy.port);
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nX-User: ${name}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`);
    await client.has("\r\n\r\n");
    proxy.server.applyConfig(control);
    client.send("still here");
    await client.has("still here");
    expect(proxy.server.nodeState(node.id)?.inFlight).toBe(1);
    client.socket.destroy();
    await vi.waitFor(() => expect(proxy.server.nodeState(node.id)?.inFlight).toBe(0));
  });
});

test("a canary that cannot be compiled is refused, and everybody goes by the revision in force", async () => {
  const node = await startNode();
  const poolId = randomUUID();
  const control = configOf([poolOf(poolId, [node])]);
  const config = withCanary(control, [poolOf(poolId, [node])]);
  const broken = { ...config.canary, document: { ...config.canary?.document, routes: [{ id: "broken" }] } };
  const refused: string[] = [];
  const proxy = await startProxy(control, {}, { onCanaryRefused: (id) => refused.push(id) });
  proxy.server.applyConfig({ ...control, canary: broken as never });
  expect(refused).toEqual([config.canary?.id]);
  const { canary, control: other } = users(config);
  for (const arm of [canary, other]) expect((await request(proxy.url, arm)).status).toBe(200);
  expect([...proxy.frames, proxy.server.takeFrame(0)].flatMap((frame) => frame.canary ?? [])).toEqual([]);
});

test("a canary that is applied again, as after a reconnect, loses nothing that was counted", async () => {
  const node = await startNode();
  const poolId = randomUUID();
  const config = withCanary(configOf([poolOf(poolId, [node])]), [poolOf(poolId, [node])]);
  const proxy = await startProxy(config);
  const { canary } = users(config);
  await request(proxy.url, canary);
  proxy.server.applyConfig(config);
  await request(proxy.url, canary);
  const counted = [...proxy.frames, proxy.server.takeFrame(0)].flatMap((frame) => frame.canary ?? []);
  expect(counted.reduce((sum, part) => sum + part.requests, 0)).toBe(2);
});
