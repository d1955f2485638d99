import type pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WorkerLive } from "#lib/contracts/views.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import type { TestDatabase } from "#tests/support/postgres.ts";
import { exposition } from "#workers/control/exposition.ts";
import { Totals } from "#workers/control/totals.ts";
import {
  cleanups,
  control,
  documentOf,
  eventually,
  frame,
  freshDatabase,
  NODES,
  POOL,
  proxy,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
let database: TestDatabase;
let db: pg.Client;
let dir: DataDir;

beforeEach(async () => {
  ({ database, db } = await freshDatabase(after));
  dir = await temporaryDataDir(after);
});
afterEach(after.run);

test("is alive at once, and ready when a configuration is loaded and a proxy connected", async () => {
  const { adminPort } = await control(after, { databaseUrl: "postgresql://nobody@127.0.0.1:1/none", dir });
  const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${adminPort}${path}`, init);
  expect((await ask("/livez")).status).toBe(200);
  const early = await ask("/readyz");
  expect(early.status).toBe(503);
  expect(await early.text()).toBe("no configuration is loaded\nno proxy process is connected\n");
  expect((await ask("/")).status).toBe(404);
  expect((await ask("/metrics", { method: "POST" })).status).toBe(405);
});

test("shows to Prometheus what the proxies measured, by name", async () => {
  const { adminPort } = await control(after, { databaseUrl: database.url, dir });
  const one = await proxy(after, dir);
  await publish(
    db,
    1,
    documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }], { healthCheck: { enabled: false } })),
  );
  await eventually(() => expect(one.config()?.revision).toBe(1));
  expect((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status).toBe(200);
  one.send({ type: "frame", frame: frame(Math.ceil(Date.now() / 1_000) * 1_000, 5, 2) });
  await eventually(async () => {
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    expect(text).toContain('gb_requests_total{pool="payments"} 5\n');
    expect(text).toContain('gb_request_duration_seconds_bucket{pool="payments",le="+Inf"} 5\n');
    expect(text).toContain('gb_request_duration_seconds_count{pool="payments"} 5\n');
    expect(text).toContain('gb_node_in_flight{pool="payments",node="node-1"} 2\n');
    expect(text).toContain('gb_node_up{pool="payments",node="node-1"} 1\n');
    expect(text).toContain("# TYPE gb_request_duration_seconds histogram\n");
    expect(text).toContain("gb_revision 1\n");
    expect(text).toContain("gb_database_up 1\n");
  });
});

test("tells of the latest seconds and every node by itself, without a database", async () => {
  const stopping = await control(after, { databaseUrl: database.url, dir });
  const before = await proxy(after, dir);
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }])));
  await eventually(() => expect(before.config()?.revision).toBe(1));
  await stopping.stop();
  const { adminPort } = await control(after, { databaseUrl: "postgresql://nobody@127.0.0.1:1/none", dir });
  const one = await proxy(after, dir);
  const atMs = Math.ceil(Date.now() / 1_000) * 1_000;
  one.send({ type: "frame", frame: frame(atMs, 5, 2) });
  await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${adminPort}/live`);
    const { ticks, nodes } = WorkerLive.parse(await response.json());
    expect(ticks.find((tick) => tick.atMs === atMs)?.total).toMatchObject({ requestsPerSecond: 5, inFlight: 2 });
    expect(nodes).toMatchObject([
      { nodeId: NODES[0], poolId: POOL, status: "down", statusReason: "connect-refused", facts: { quota: null } },
    ]);
  });
});

test("beyond loopback the metrics need the token, liveness and readiness do not", async () => {
  const token = "a-token-of-more-than-twenty-characters";
  const { adminPort } = await control(after, { databaseUrl: database.url, dir, adminBind: "0.0.0.0", apiToken: token });
  const ask = (path: string, authorization?: string) =>
    fetch(`http://127.0.0.1:${adminPort}${path}`, { headers: authorization ? { authorization } : {} });
  expect((await ask("/livez")).status).toBe(200);
  expect((await ask("/readyz")).status).toBe(503);
  expect((await ask("/metrics")).status).toBe(401);
  expect((await ask("/live")).status).toBe(401);
  expect((await ask("/metrics", `Bearer ${token}x`)).status).toBe(401);
  expect((await ask("/metrics", `Bearer ${token}`)).status).toBe(200);
});

test("beyond loopback nobody sees the metrics of a worker that has no token", async () => {
  const { adminPort } = await control(after, { databaseUrl: database.url, dir, adminBind: "0.0.0.0" });
  for (const authorization of ["", "Bearer", "Bearer ", "Bearer undefined"]) {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { headers: { authorization } });
    expect([authorization, answer.status]).toEqual([authorization, 401]);
  }
  expect((await fetch(`http://127.0.0.1:${adminPort}/livez`)).status).toBe(200);
});

describe("the exposition", () => {
  test("escapes labels and counts durations cumulatively", () => {
    const totals = new Totals();
    const slow = frame(1_000, 2);
    totals.add(slow);
    totals.add({ ...slow, pools: slow.pools.map((pool) => ({ ...pool, latencyUs: { i: [895], n: [1] } })) });
    const text = exposition({
      revision: null,
      proxyProcesses: 0,
      databaseUp: false,
      totals,
      pools: [{ id: POOL, labels: { pool: 'a"b\\c\nd' } }],
      nodes: [],
      certificates: [],
      alerts: [],
      ruleFaults: [],
      routes: [],
    });
    const labels = 'pool="a\\"b\\\\c\\nd"';
    expect(text).toContain(`gb_request_duration_seconds_bucket{${labels},le="0.001"} 2\n`);
    expect(text).toContain(`gb_request_duration_seconds_bucket{${labels},le="10"} 2\n`);
    expect(text).toContain(`gb_request_duration_seconds_bucket{${labels},le="+Inf"} 3\n`);
    expect(text).not.toMatch(/^gb_revision /m);
  });

  test("counts what the proxies answered themselves by code", () => {
    const totals = new Totals();
    totals.add({ ...frame(1_000, 1), own: [{ code: "no-route", count: 2 }] });
    totals.add({ ...frame(2_000, 1), own: [{ code: "no-route", count: 1 }] });
    const nothing = {
      revision: null,
      proxyProcesses: 0,
      databaseUp: false,
      pools: [],
      nodes: [],
      certificates: [],
      alerts: [],
      ruleFaults: [],
    };
    expect(exposition({ ...nothing, routes: [], totals })).toContain('\ngb_own_answers_total{code="no-route"} 3\n');
  });

  test("tells of the queue of each class that the configuration has: what was counted grows, what is measured is of now", () => {
    const totals = new Totals();
    const queue = { queued: 3, oldestWaitMs: 1_500, served: 2, waitedMs: 250, refused: 1, timedOut: 4 };
    const [pool] = frame(1_000, 1).pools;
    const of = (...names: string[]) => ({
      ...frame(1_000, 1),
      pools: pool ? [{ ...pool, queues: names.map((name) => ({ name, ...queue })) }] : [],
    });
    totals.add(of("gold", "gone", "default"));
    totals.add(of("gold"));
    const text = exposition({
      revision: 1,
      proxyProcesses: 1,
      databaseUp: true,
      totals,
      pools: [{ id: POOL, labels: { pool: "payments" }, classes: ["gold", "silver"] }],
      nodes: [],
      certificates: [],
      alerts: [],
      ruleFaults: [],
      routes: [],
    });
    expect(text.split("\n").filter((line) => line.startsWith("gb_queue_"))).toEqual([
      'gb_queue_waiting{pool="payments",class="gold"} 3',
      'gb_queue_waiting{pool="payments",class="default"} 0',
      'gb_queue_oldest_wait_seconds{pool="payments",class="gold"} 1.5',
      'gb_queue_oldest_wait_seconds{pool="payments",class="default"} 0',
      'gb_queue_served_total{pool="payments",class="gold"} 4',
      'gb_queue_served_total{pool="payments",class="default"} 2',
      'gb_queue_wait_seconds_total{pool="payments",class="gold"} 0.5',
      'gb_queue_wait_seconds_total{pool="payments",class="default"} 0.25',
      'gb_queue_refused_total{pool="payments",class="gold"} 2',
      'gb_queue_refused_total{pool="payments",class="default"} 1',
      'gb_queue_timeouts_total{pool="payments",class="gold"} 8',
      'gb_queue_timeouts_total{pool="payments",class="default"} 4',
    ]);
  });
});
