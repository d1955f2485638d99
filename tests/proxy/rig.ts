// Real nodes and a real proxy on loopback, in one process. Nodes count what they are asked, so that a test can say how
// often a request was sent, and to whom.
import { randomUUID } from "node:crypto";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { PassiveFacts, Trip } from "#lib/contracts/bus.ts";
import { ConfigDocument, type PublishedConfig } from "#lib/contracts/config.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { NodeRuntime } from "#lib/contracts/runtime.ts";
import { mergeFrames } from "#lib/core/counts.ts";
import { NO_ADJUSTMENT } from "#lib/core/weights/adjustment.ts";
import type { ClientLimits } from "#workers/proxy/client/limits.ts";
import { type ProxyOptions, ProxyServer } from "#workers/proxy/proxy.ts";
import { onCleanUp } from "./clean-up.ts";

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: Buffer) => void;

export interface TestNode {
  id: string;
  url: string;
  port: number;
  hits: number;
  connections: number;
  requests: { method: string; url: string; headers: http.IncomingHttpHeaders; body: string }[];
  server: net.Server;
  close(): Promise<void>;
}

function track(server: net.Server): () => Promise<void> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  return () =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
}

export async function listen(server: net.Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A node that answers by `handler` when a request's body is whole. */
export async function startNode(handler: Handler = (_request, response) => response.end("ok"), port = 0) {
  const server = http.createServer({ keepAliveTimeout: 60_000 });
  const node: TestNode = {
    id: randomUUID(),
    url: "",
    port: 0,
    hits: 0,
    connections: 0,
    requests: [],
    server,
    close: track(server),
  };
  server.on("connection", () => node.connections++);
  server.on("request", (request, response) => {
    node.hits++;
    const pieces: Buffer[] = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("error", () => {});
    request.on("end", () => {
      const body = Buffer.concat(pieces);
      const { method = "", url = "", headers } = request;
      node.requests.push({ method, url, headers, body: body.toString("latin1") });
      handler(request, response, body);
    });
  });
  node.port = await listen(server, port);
  node.url = `http://127.0.0.1:${node.port}`;
  onCleanUp(() => node.close());
  return node;
}

/** A node that speaks bytes: `onBytes` gets all that a connection has sent so far. */
export async function startRawNode(onBytes: (socket: net.Socket, text: string) => void) {
  const server = net.createServer();
  const node: TestNode = {
    id: randomUUID(),
    url: "",
    port: 0,
    hits: 0,
    connections: 0,
    requests: [],
    server,
    close: track(server),
  };
  server.on("connection", (socket) => {
    node.connections++;
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (text.includes("\r\n\r\n")) node.hits = text.split("HTTP/1.1\r\n").length - 1;
      onBytes(socket, text);
    });
  });
  node.port = await listen(server);
  node.url = `http://127.0.0.1:${node.port}`;
  onCleanUp(() => node.close());
  return node;
}

/** A port on which nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = net.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

export interface PoolDraft {
  id?: string;
  name?: string;
  algorithm?: string;
  nodes: {
    id?: string;
    url: string;
    weight?: number;
    backup?: boolean;
    priority?: number;
    zone?: string;
    maxInFlight?: number;
    requestHeaders?: object;
    credentials?: object[];
    rateLimit?: object;
    quota?: object;
  }[];
  [setting: string]: unknown;
}

/** A test node may stand for its own configuration: it has more than these. */
const NODE_SETTINGS = [
  "url",
  "weight",
  "backup",
  "priority",
  "zone",
  "maxInFlight",
  "rateLimit",
  "quota",
  "requestHeaders",
  "credentials",
] as const;

/** A configuration whose first pool is the default one. */
export function configOf(pools: PoolDraft[], routes: object[] = [], revision = 1): PublishedConfig {
  const document = ConfigDocument.parse({
    pools: pools.map((pool, i) => ({
      id: randomUUID(),
      name: `pool ${i}`,
      algorithm: "weighted-round-robin",
      isDefault: i === 0,
      ...pool,
      nodes: pool.nodes.map(({ id = randomUUID(), ...node }, n) => ({
        id,
        name: `node ${n}`,
        ...Object.fromEntries(NODE_SETTINGS.map((key) => [key, node[key]])),
      })),
    })),
    routes: routes.map((route) => ({ id: randomUUID(), name: "", ...route })),
  });
  return { revision, document };
}

export interface TestProxy {
  server: ProxyServer;
  port: number;
  url: string;
  frames: MetricFrame[];
  passive: PassiveFacts[];
  /** What requests set off. */
  trips: Trip[];
  /** What was measured since the last call, however many seconds began meanwhile; gauges are those of now. */
  measured(): MetricFrame;
}

export async function startProxy(
  config?: PublishedConfig,
  limits: Partial<ClientLimits> = {},
  options: ProxyOptions = {},
): Promise<TestProxy> {
  const frames: MetricFrame[] = [];
  const passive: PassiveFacts[] = [];
  const trips: Trip[] = [];
  const server = new ProxyServer({
    ...options,
    limits,
    onFrame: (frame) => frames.push(frame),
    onPassive: (facts, _adopted, setOff) => {
      passive.push(...facts);
      trips.push(...setOff);
    },
  });
  if (config) server.applyConfig(config);
  const port = await server.listen({ host: "127.0.0.1", port: 0 });
  onCleanUp(() => server.stop(0));
  let measuredUntil = 0;
  const measured = () => {
    const now = server.takeFrame(1_000);
    const told = frames.slice(measuredUntil);
    measuredUntil = frames.length;
    const gauges = new Map(now.nodes.map(({ nodeId, inFlight, share }) => [nodeId, { inFlight, share }]));
    const all = mergeFrames([...told, now]);
    return {
      atMs: now.atMs,
      routes: all.routes,
      own: all.own,
      flows: all.flows,
      pools: all.pools.map((pool, i) => ({
        ...pool,
        inFlight: now.pools[i]?.inFlight ?? 0,
        queued: now.pools[i]?.queued ?? 0,
      })),
      nodes: all.nodes.map((node) => ({ ...node, ...gauges.get(node.nodeId) })),
    };
  };
  return { server, port, url: `http://127.0.0.1:${port}`, frames, passive, trips, measured };
}

/** A proxy in front of one pool with these nodes. */
export async function proxyFor(
  nodes: readonly Pick<TestNode, "id" | "url">[],
  settings: object = {},
  limits: Partial<ClientLimits> = {},
) {
  const poolId = randomUUID();
  const config = configOf([{ id: poolId, nodes: nodes.map(({ id, url }) => ({ id, url })), ...settings }]);
  return { ...(await startProxy(config, limits)), poolId, config };
}

export const runtimeOf = (nodeId: string, changes: Partial<NodeRuntime>): NodeRuntime => ({
  nodeId,
  admin: { state: "ready", sinceMs: 0, deadlineMs: null, keepSessions: false, by: "test" },
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
  breakerOrder: null,
  adjustment: NO_ADJUSTMENT,
  ...changes,
});

export const draining = (deadlineMs: number | null = null, keepSessions = false) => ({
  admin: { state: "drain" as const, sinceMs: 0, deadlineMs, keepSessions, by: "test" },
});
