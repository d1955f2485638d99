// What tests of the control process stand on: a control process of our own on a real database and data directory, real
// HTTP nodes, and bus clients that speak the real protocol where proxies would be.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import pino from "pino";
import { vi } from "vitest";
import { ToProxy } from "#lib/contracts/bus.ts";
import { type ConfigDocument, ConfigPool, EMPTY_CONFIG, type PublishedConfig } from "#lib/contracts/config.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import { withChange } from "#lib/core/config/change.ts";
import { emptyCounts } from "#lib/core/counts.ts";
import { type DataDir, dataDir } from "#lib/store/data-dir.ts";
import { startTestDatabase, type TestDatabase } from "#tests/support/postgres.ts";
import { LineSplitter } from "#workers/bus/ndjson.ts";
import { type Control, type ControlOptions, startControl } from "#workers/control/control.ts";

type Cleanup = () => unknown;
/** Undoes in reverse order what a test set up. */
export function cleanups() {
  const steps: Cleanup[] = [];
  return {
    add: (step: Cleanup) => void steps.push(step),
    run: async () => {
      for (const step of steps.splice(0).reverse()) await step();
    },
  };
}
export type Cleanups = ReturnType<typeof cleanups>;

export async function temporaryDataDir(after: Cleanups): Promise<DataDir> {
  const root = await mkdtemp(path.join(tmpdir(), "gb-control-"));
  after.add(() => rm(root, { recursive: true, force: true }));
  return dataDir(root);
}

export async function control(
  after: Cleanups,
  options: Pick<ControlOptions, "databaseUrl" | "dir"> & Partial<ControlOptions>,
): Promise<Control> {
  const started = await startControl({
    log: pino({ level: process.env.GB_TEST_LOG ?? "silent" }),
    adminBind: "127.0.0.1",
    adminPort: 0,
    ...options,
  });
  after.add(started.stop);
  return started;
}

/** A pool of which every node is checked each 100 ms. */
export function quickPool(nodes: { id: string; url: string; name?: string }[], settings: object = {}): ConfigPool {
  return ConfigPool.parse({
    id: POOL,
    name: "payments",
    algorithm: "least-connections",
    healthCheck: { intervalMs: 100, timeoutMs: 200, rise: 1, ...(settings as { healthCheck?: object }).healthCheck },
    nodes: nodes.map((node, at) => ({ name: `node-${at + 1}`, ...node })),
    ...Object.fromEntries(Object.entries(settings).filter(([key]) => key !== "healthCheck")),
  });
}
export const POOL = "00000000-0000-4000-8000-00000000000a";
export const NODES = [1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
];
export const documentOf = (...pools: ConfigPool[]): ConfigDocument => ({ ...EMPTY_CONFIG, pools });

/** Publishes as the API does: the revision and the relational tables in one transaction, then the notification. */
export async function publish(db: pg.Client, number: number, document: unknown, { isTold = true } = {}): Promise<void> {
  await db.query("BEGIN");
  // As it is, in one part: some of these are no configuration at all.
  const whole = JSON.stringify(document);
  await db.query("INSERT INTO config_part VALUES (md5($1), $1::jsonb) ON CONFLICT DO NOTHING", [whole]);
  await db.query(
    `INSERT INTO revision ("number", layout, author, change_count)
     VALUES ($1, jsonb_build_object('whole', md5($2)), 'test', 1)`,
    [number, whole],
  );
  const pools = Array.isArray((document as ConfigDocument).pools) ? (document as ConfigDocument).pools : [];
  const nodes = pools.flatMap((pool) => (pool.nodes ?? []).map((node, at) => ({ ...node, pool_id: pool.id, at })));
  await db.query("DELETE FROM node WHERE NOT id = ANY($1::uuid[])", [nodes.map((node) => node.id)]);
  for (const [at, pool] of pools.entries()) {
    await db.query(
      `INSERT INTO pool (id, name, name_key, algorithm, position, settings) VALUES ($1, $2, $2, $3, $4, '{}') ON CONFLICT DO NOTHING`,
      [pool.id, pool.name, pool.algorithm, at],
    );
  }
  for (const node of nodes) {
    await db.query(
      `INSERT INTO node (id, pool_id, name, name_key, url, weight, position, settings) VALUES ($1, $2, $3, $3, $4, $5, $6, '{}')
       ON CONFLICT DO NOTHING`,
      [node.id, node.pool_id, node.name, node.url, node.weight, node.at],
    );
  }
  await db.query("COMMIT");
  if (isTold) await db.query("SELECT pg_notify('gb_revision', $1)", [String(number)]);
}

export async function connected(after: Cleanups, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  after.add(() => client.end());
  return client;
}

/** A database of the test's own, and a connection to it. */
export async function freshDatabase(after: Cleanups): Promise<{ database: TestDatabase; db: pg.Client }> {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  return { database, db: await connected(after, database.url) };
}

/** A real HTTP server whose answer can be changed, and which can be stopped and started on the same port. */
export async function node(after: Cleanups) {
  const state = { status: 200, hits: 0 };
  let server = http.createServer();
  let port = 0;
  const start = async () => {
    server = http.createServer((_, response) => {
      state.hits++;
      response.writeHead(state.status).end("hello");
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  await start();
  after.add(stop);
  return { state, start, stop, url: `http://127.0.0.1:${port}` };
}

/** A bus client in a proxy's place: applies every configuration, and keeps all it was told. */
export async function proxy(
  after: Cleanups,
  dir: DataDir,
  process: number | "silent" = 0,
  hello: object = { takesChanges: true },
) {
  const socket = net.connect(dir.bus);
  const lines = new LineSplitter(64 * 1024 * 1024);
  const received: ToProxy[] = [];
  let inForce: PublishedConfig | null = null;
  let answers: (revision: number) => boolean = () => true;
  const send = (message: unknown) => socket.write(`${JSON.stringify(message)}\n`);
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    for (const line of lines.push(chunk)) {
      const message = ToProxy.parse(JSON.parse(line));
      received.push(message);
      if (message.type === "config") inForce = message.config;
      else if (message.type === "config-change") inForce = withChange(inForce, message.change);
      else continue;
      if (answers(inForce.revision)) send({ type: "applied", revision: inForce.revision });
    }
  });
  await once(socket, "connect");
  after.add(() => socket.destroy());
  if (process !== "silent") send({ type: "hello", process, pid: 1_000 + process, ...hello });
  /** The latest facts it was told of a node. */
  const nodeRuntime = (nodeId: string) =>
    received
      .flatMap((message) =>
        message.type === "nodes" ? message.nodes : message.type === "runtime" ? message.state.nodes : [],
      )
      .findLast((one) => one.nodeId === nodeId);
  const config = () => inForce;
  /** From now on it says that it applied only those revisions. */
  const answerOnly = (which: typeof answers) => {
    answers = which;
  };
  return { socket, send, received, nodeRuntime, config, answerOnly };
}

/** Counts of one second as a proxy tells them. */
export function frame(atMs: number, requests: number, inFlight = 0): MetricFrame {
  const counts = { ...emptyCounts(), requests, successes: requests, status2xx: requests };
  const latencyUs = requests > 0 ? { i: [70], n: [requests] } : { i: [], n: [] };
  return {
    atMs,
    pools: [{ poolId: POOL, ...counts, latencyUs, inFlight, queued: 0 }],
    nodes: [{ nodeId: NODES[0], poolId: POOL, ...counts, latencyUs, inFlight, share: 1 }],
  };
}

/** Waits until `check` stops throwing, with a deadline. */
export const eventually = <T>(check: () => T | Promise<T>, timeout = 8_000): Promise<T> =>
  vi.waitFor(check, { timeout, interval: 20 });

/**
 * The database behind a relay that can be cut and mended: to its clients an outage like any other. One that hangs takes connections
 * and what is sent, and answers nothing.
 */
export async function cuttable(after: Cleanups, databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let state: "there" | "cut" | "hangs" = "there";
  const relay = net.createServer((client) => {
    if (state === "cut") return client.destroy();
    const server = net.connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    if (state === "hangs") server.unpipe(client);
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  const cut = () => {
    state = "cut";
    for (const socket of sockets) socket.destroy();
  };
  /** Whoever was there or comes meanwhile is not answered when it is mended, either: such a server was started anew. */
  const hang = () => {
    state = "hangs";
    for (const socket of sockets) socket.unpipe();
  };
  after.add(() => {
    cut();
    relay.close();
  });
  const url = Object.assign(new URL(databaseUrl), {
    hostname: "127.0.0.1",
    port: (relay.address() as AddressInfo).port,
  });
  return {
    url: url.href,
    cut,
    hang,
    mend: () => {
      state = "there";
    },
  };
}
