// A push disturbs nobody: under every kind of traffic dozens of revisions change everything that can change, by what they change as
// control tells it, and what is known of the nodes that stay is kept.
import { randomUUID } from "node:crypto";
import http from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { ConfigChange } from "#lib/contracts/bus.ts";
import type { ConfigDocument, PublishedConfig } from "#lib/contracts/config.ts";
import { changeBetween, withChange } from "#lib/core/config/change.ts";
import { SecretKey } from "#lib/store/sealing.ts";
import { secretOwner } from "#lib/store/secret-book.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { connectHttp2, http2Request } from "./http2/clients.ts";
import { configOf, deadUrl, runtimeOf, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const PUSHES = 60;

/** Echoes; `/download` goes on until it is released. */
async function serveAll() {
  const download = { isReleased: false };
  const node = await startNode((request, response, body) => {
    if (request.url !== "/download") return void response.end(`${request.method} ${body}`);
    const timer = setInterval(() => {
      if (download.isReleased) return void response.end("the end");
      response.write("some ");
    }, 5);
    response.on("close", () => clearInterval(timer));
  });
  new WebSocketServer({ server: node.server as http.Server }).on("connection", (socket) =>
    socket.on("message", (data) => socket.send(`echo ${data}`)),
  );
  return { node, download };
}

const edit = (config: PublishedConfig, change: (document: ConfigDocument) => ConfigDocument): PublishedConfig => ({
  revision: config.revision + 1,
  document: change(config.document),
});
/** The first pool with other settings; its nodes stay the very same objects unless they are given anew. */
const pool = (document: ConfigDocument, settings: object): ConfigDocument => ({
  ...document,
  pools: document.pools.with(0, { ...(document.pools[0] as ConfigDocument["pools"][number]), ...settings }),
});

test("dozens of revisions under load fail no request, drop no connection and forget nothing of the nodes", async () => {
  const [{ node, download }, { node: second, download: other }] = [await serveAll(), await serveAll()];
  const [dead, warming] = [await deadUrl(), await startNode()];
  const start = configOf([
    {
      algorithm: "least-connections",
      nodes: [
        { id: node.id, url: node.url },
        { id: second.id, url: second.url },
        { id: warming.id, url: dead },
      ],
      breaker: { minimumRequests: 5 },
    },
    { nodes: [{ url: dead }] },
  ]);
  const { server, port, url } = await startProxy(start);
  // An operator has opened its breaker, and it is being warmed up: facts that no push may change.
  server.applyNodes([
    runtimeOf(warming.id, {
      breakerOrder: { action: "trip", atMs: Date.now(), untilMs: Date.now() + 600_000, by: "ada" },
      warmUp: { startedMs: Date.now(), cause: "manual" },
    }),
  ]);
  const facts = () => ({ breaker: server.nodeState(warming.id)?.breaker, state: server.nodeState(warming.id) });
  const before = facts();
  expect(before.breaker).toMatchObject({ state: "open", cause: "tripped" });

  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  onCleanUp(() => agent.destroy());
  let isOver = false;
  const counts = { answered: 0, connected: 0 };
  const { createConnection } = agent as unknown as { createConnection: (...args: unknown[]) => unknown };
  Object.assign(agent, {
    createConnection: (...args: unknown[]) => {
      counts.connected++;
      return createConnection.apply(agent, args);
    },
  });
  const plain = (method: string) =>
    new Promise<string>((resolve, reject) => {
      const request = http.request({ host: "127.0.0.1", port, method, agent, path: "/x" }, (response) =>
        text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject),
      );
      request.on("error", reject).end(method === "POST" ? "body" : undefined);
    });
  const client = async (ask: () => Promise<string>, expected: string) => {
    while (!isOver) {
      expect(await ask()).toBe(expected);
      counts.answered++;
    }
  };
  const streamed = fetch(`${url}/download`).then((response) => response.text());
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  await new Promise((resolve) => socket.once("open", resolve));
  const say = (word: string) =>
    new Promise<string>((resolve, reject) => {
      socket.once("message", (data) => resolve(String(data)));
      if (socket.readyState !== WebSocket.OPEN) reject(new Error("the WebSocket was dropped"));
      socket.send(word);
    });
  const session = await connectHttp2(port);
  const http2 = async () => {
    const { status, body } = await http2Request(session, { ":path": "/two" });
    return `${status} ${body}`;
  };
  const clients = Promise.all([
    client(() => plain("GET"), "200 GET "),
    client(() => plain("POST"), "200 POST body"),
    client(http2, "200 GET "),
    client(() => say("hello"), "echo hello"),
  ]);

  let inForce = start;
  const edits: ((document: ConfigDocument, at: number) => ConfigDocument)[] = [
    (document, at) => pool(document, { retry: { ...document.pools[0]?.retry, maxRetries: 1 + (at % 3) } }),
    (document, at) =>
      pool(document, { nodes: document.pools[0]?.nodes.map((one) => ({ ...one, weight: 1 + (at % 9) })) }),
    (document) => pool(document, { nodes: document.pools[0]?.nodes.toReversed() }),
    (document, at) => pool(document, { algorithm: ["weighted-round-robin", "peak-ewma", "least-connections"][at % 3] }),
    (document) => ({ ...document, pools: document.pools.slice(0, 1) }),
    (document) => ({ ...document, pools: [...document.pools.slice(0, 1), ...start.document.pools.slice(1)] }),
    (document, at) => ({
      ...document,
      proxy: { ...document.proxy, clientLimits: { ...document.proxy.clientLimits, bodyIdleMs: 60_000 + at } },
    }),
  ];
  for (let at = 0; at < PUSHES; at++) {
    const next = edit(inForce, (document) => (edits[at % edits.length] as (typeof edits)[0])(document, at));
    inForce = withChange(inForce, ConfigChange.parse(JSON.parse(JSON.stringify(changeBetween(inForce, next)))));
    server.applyConfig(inForce);
    const reached = counts.answered + 4;
    while (counts.answered < reached) await Promise.race([clients, new Promise((resolve) => setTimeout(resolve, 1))]);
  }
  expect(server.revision).toBe(1 + PUSHES);
  expect(facts().state).toBe(before.state);
  expect(facts().breaker).toEqual(before.breaker);
  // In flight is still what is: the download and the tunnel.
  isOver = true;
  await clients;
  const inFlight = () => [node, second].reduce((sum, { id }) => sum + (server.nodeState(id)?.inFlight ?? 0), 0);
  expect(inFlight()).toBe(2);
  download.isReleased = true;
  other.isReleased = true;
  expect(await streamed).toMatch(/^(some )+the end$/);
  expect(counts.connected).toBe(1);
  socket.close();
  session.close();
}, 120_000);

test("a push of something else leaves alone what is known of a pool with secrets, and of a node with secrets beside the one that changed", async () => {
  const nodes = await Promise.all([startNode(), startNode(), startNode()]);
  const secretKey = new SecretKey(Buffer.alloc(32, 5));
  const secrets = nodes.map(({ id: ownerId }, n) => {
    const id = randomUUID();
    return { id, ownerId, sealed: secretKey.seal(`key ${n}`, secretOwner(id, ownerId)) };
  });
  const withKey = (n: number) => {
    const { id, url } = nodes[n] as (typeof nodes)[number];
    return { id, url, credentials: [{ in: "header", name: "x-key", value: { secret: secrets[n]?.id } }] };
  };
  const stickiness = { mode: "cookie" };
  const drafts = [
    { nodes: [withKey(0), withKey(1)], stickiness },
    { nodes: [withKey(2)], stickiness },
  ];
  const start = { ...configOf(drafts), secrets };
  const { server, url } = await startProxy(start, {}, { secretKey });
  const [changed, kept] = start.document.pools.map(({ id }) => server.poolState(id));
  const before = { config: kept?.config, sessions: kept?.sessions, sibling: changed?.config.nodes[1] };
  expect(before.sessions).not.toBeNull();

  const next = edit(start, (document) =>
    pool(document, { nodes: document.pools[0]?.nodes.map((node, at) => (at === 0 ? { ...node, weight: 7 } : node)) }),
  );
  const change = changeBetween(start, { ...next, secrets });
  server.applyConfig(withChange(start, ConfigChange.parse(JSON.parse(JSON.stringify(change)))));
  expect(server.revision).toBe(2);
  expect(changed?.config.nodes.map(({ weight }) => weight)).toEqual([7, 1]);
  expect(kept?.config).toBe(before.config);
  expect(kept?.sessions).toBe(before.sessions);
  expect(changed?.config.nodes[1]).toBe(before.sibling);
  for (let at = 0; at < 8; at++) await fetch(url).then((response) => response.text());
  const keys = nodes.slice(0, 2).map(({ requests }) => new Set(requests.map(({ headers }) => headers["x-key"])));
  expect(keys).toEqual([new Set(["key 0"]), new Set(["key 1"])]);
});
