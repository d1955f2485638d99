import { readFile, stat, writeFile } from "node:fs/promises";
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RuntimeState } from "#lib/contracts/bus.ts";
import { PublishedConfig } from "#lib/contracts/config.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import type { TestDatabase } from "#tests/support/postgres.ts";
import {
  cleanups,
  control,
  documentOf,
  eventually,
  freshDatabase,
  NODES,
  node,
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

const start = () => control(after, { databaseUrl: database.url, dir });
const workerRow = async () => (await db.query("SELECT * FROM worker")).rows[0];
const document = () => documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }]));

test("a publish reaches every proxy, and the worker's row says so when the last of them applied it", async () => {
  await start();
  const [first, second] = [await proxy(after, dir, 0), await proxy(after, dir, 1)];
  await eventually(async () => expect(await workerRow()).toMatchObject({ revision: 0, proxy_processes: 2 }));
  const announced: string[] = [];
  await db.query("LISTEN gb_worker");
  db.on("notification", (message) => announced.push(message.payload ?? ""));
  await publish(db, 1, document());
  await eventually(() => {
    expect(first.config()?.document.pools[0]?.name).toBe("payments");
    expect(second.config()?.revision).toBe(1);
  });
  await eventually(async () => expect(await workerRow()).toMatchObject({ revision: 1, refused_revision: null }));
  expect(announced).toContain((await workerRow()).id);
});

test("the worker's row says where it stands, and forgets it when it does not say so any more", async () => {
  const first = await control(after, { databaseUrl: database.url, dir, zone: "eu-1" });
  await eventually(async () => expect(await workerRow()).toMatchObject({ zone: "eu-1" }));
  await first.stop();
  await start();
  await eventually(async () => expect(await workerRow()).toMatchObject({ zone: "" }));
});

test("keeps the last good revision when the next cannot be used, reports why, and takes the one after", async () => {
  await start();
  const one = await proxy(after, dir);
  await publish(db, 1, document());
  await eventually(() => expect(one.config()?.revision).toBe(1));
  await publish(db, 2, { pools: "none", routes: [] });
  await eventually(async () => {
    const row = await workerRow();
    expect(row).toMatchObject({ revision: 1, refused_revision: 2 });
    expect(row.refusal).toMatch(/pools/);
  });
  expect(one.config()?.revision).toBe(1);
  expect(PublishedConfig.parse(JSON.parse(await readFile(dir.config, "utf8"))).revision).toBe(1);
  await publish(db, 3, document());
  await eventually(async () => expect(await workerRow()).toMatchObject({ revision: 3, refused_revision: null }));
});

test("reports a proxy's refusal", async () => {
  await start();
  const one = await proxy(after, dir);
  one.send({ type: "refused", revision: 7, reason: "too large" });
  await eventually(async () =>
    expect(await workerRow()).toMatchObject({
      refused_revision: 7,
      refusal: 'proxy-refused process=0 why="too large"',
    }),
  );
});

test("leaves the configuration and the runtime state on disk, for its owner only", async () => {
  const { workerId, stop } = await start();
  await publish(db, 1, document());
  await eventually(async () => {
    expect(PublishedConfig.parse(JSON.parse(await readFile(dir.config, "utf8"))).revision).toBe(1);
    const runtime = RuntimeState.parse(JSON.parse(await readFile(dir.runtime, "utf8")));
    expect(runtime.nodes.map((one) => one.nodeId)).toEqual([NODES[0]]);
  });
  for (const file of [dir.config, dir.runtime, dir.bus, dir.workerId]) {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
  await stop();
  expect((await start()).workerId).toBe(workerId);
});

test("starts from the disk without a database, checks the nodes and serves the proxies", async () => {
  const upstream = await node(after);
  const config = { revision: 4, document: documentOf(quickPool([{ id: NODES[0], url: upstream.url }])) };
  await writeFile(dir.config, JSON.stringify(config));
  await control(after, { databaseUrl: "postgresql://nobody@127.0.0.1:1/none", dir });
  const one = await proxy(after, dir);
  await eventually(() => {
    expect(one.config()?.revision).toBe(4);
    expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy");
  });
});

test("passes over files it cannot use and still starts", async () => {
  await writeFile(dir.config, '{"revision": 1, "docu');
  await writeFile(dir.runtime, "[]");
  await start();
  const one = await proxy(after, dir);
  await publish(db, 1, document());
  await eventually(() => expect(one.config()?.revision).toBe(1));
});

test("an operator's order reaches the proxies at once, and stops and restarts the checks", async () => {
  const upstream = await node(after);
  await start();
  const one = await proxy(after, dir);
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: upstream.url }])));
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy"));
  const order = async (state: string) => {
    await db.query(
      `INSERT INTO node_admin_state (node_id, state, by) VALUES ($1, $2, 'ann') ON CONFLICT (node_id) DO UPDATE SET state = $2`,
      [NODES[0], state],
    );
    await db.query("SELECT pg_notify('gb_runtime', $1)", [NODES[0]]);
  };
  await order("maintenance");
  await eventually(() =>
    expect(one.nodeRuntime(NODES[0])).toMatchObject({
      admin: { state: "maintenance", by: "ann" },
      health: { state: "unknown", reason: "checks-off" },
    }),
  );
  await order("ready");
  await eventually(() =>
    expect(one.nodeRuntime(NODES[0])).toMatchObject({ admin: { state: "ready" }, health: { state: "healthy" } }),
  );
  const events = await eventually(async () => {
    const { rows } = await db.query(`SELECT fact, "from", "to" FROM health_event ORDER BY id`);
    expect(rows).toHaveLength(3);
    return rows.map((row) => `${row.fact}: ${row.from} > ${row.to}`);
  });
  expect(events).toEqual(["health: unknown > healthy", "health: healthy > unknown", "health: pending > healthy"]);
});

test("an operator's order to a breaker reaches the proxies, also those that connect later", async () => {
  await start();
  const one = await proxy(after, dir);
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:1" }])));
  await db.query(
    "INSERT INTO node_breaker_order VALUES ($1, 'trip', to_timestamp(1000), to_timestamp(1060.5), 'ann')",
    [NODES[0]],
  );
  await db.query("SELECT pg_notify('gb_runtime', $1)", [NODES[0]]);
  const trip = { action: "trip", atMs: 1_000_000, untilMs: 1_060_500, by: "ann" };
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.breakerOrder).toEqual(trip));
  const late = await proxy(after, dir, 1);
  await eventually(() => expect(late.nodeRuntime(NODES[0])?.breakerOrder).toEqual(trip));
  await db.query("UPDATE node_breaker_order SET action = 'reset', at = to_timestamp(1001), until = NULL");
  await db.query("SELECT pg_notify('gb_runtime', $1)", [NODES[0]]);
  await eventually(() =>
    expect(late.nodeRuntime(NODES[0])?.breakerOrder).toEqual({ action: "reset", atMs: 1_001_000, by: "ann" }),
  );
});

test("a bus client that sends rubbish is dropped, and nobody else notices", async () => {
  await start();
  const good = await proxy(after, dir);
  const rubbish = [
    "not json\n",
    '{"type":"applied","revision":1}\n',
    '{"type":"hello","process":"none","pid":1}\n',
    '{"type":"hello","process":0,"pid":1,"protocol":2}\n',
    '{"type":"news","process":0}\n',
    '{"type":"hello","process":0,"pid":1}\n{"applied":1}\n',
    '{"type":"hello","process":0,"pid":1}\n{"type":"frame","frame":{}}\n',
    `${"x".repeat(33 * 1024 * 1024)}`,
  ];
  for (const text of rubbish) {
    const bad = await proxy(after, dir, "silent");
    bad.socket.removeAllListeners("data").resume();
    const closed = new Promise((resolve) => bad.socket.once("close", resolve));
    bad.socket.write(text);
    await closed;
  }
  await publish(db, 1, document());
  await eventually(() => expect(good.config()?.revision).toBe(1));
  await eventually(async () => expect(await workerRow()).toMatchObject({ proxy_processes: 1, revision: 1 }));
});

test("a node that joins a warm pool is ramped, one that was added while this worker was down is not", async () => {
  const upstream = await node(after);
  const nodes = NODES.map((id) => ({ id, url: upstream.url }));
  const first = documentOf(quickPool(nodes.slice(0, 1)));
  await publish(db, 1, first);
  await publish(db, 2, documentOf(quickPool(nodes.slice(0, 2))));
  await writeFile(dir.config, JSON.stringify({ revision: 1, document: first }));
  await writeFile(
    dir.runtime,
    JSON.stringify({ nodes: [], passive: [], servingSinceMs: { [POOL]: Date.now() - 3_600_000 } }),
  );
  await start();
  const one = await proxy(after, dir);
  await eventually(() => expect(one.config()?.revision).toBe(2));
  expect(one.nodeRuntime(NODES[1])?.warmUp ?? null).toBeNull();
  await publish(db, 3, documentOf(quickPool(nodes.slice(0, 3))));
  await eventually(() => expect(one.nodeRuntime(NODES[2])?.warmUp).toMatchObject({ cause: "joining" }));
  await eventually(async () => {
    const { rows } = await db.query("SELECT node_id, cause FROM node_warm_up");
    expect(rows).toEqual([{ node_id: NODES[2], cause: "joining" }]);
  });
});

test("a node that joins a pool that never served is not ramped", async () => {
  const upstream = await node(after);
  const nodes = NODES.map((id) => ({ id, url: upstream.url }));
  await start();
  const one = await proxy(after, dir);
  await publish(db, 1, documentOf(quickPool(nodes.slice(0, 1))));
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy"));
  await publish(db, 2, documentOf(quickPool(nodes.slice(0, 2))));
  await eventually(() => expect(one.nodeRuntime(NODES[1])?.health.state).toBe("healthy"));
  expect(one.nodeRuntime(NODES[1])?.warmUp).toBeNull();
});

test("a ramp whose window is over is ended for everybody", async () => {
  const upstream = await node(after);
  await start();
  const one = await proxy(after, dir);
  const pool = quickPool([{ id: NODES[0], url: upstream.url }], { warmUp: { windowMs: 1_000 } });
  await publish(db, 1, documentOf(pool));
  await eventually(() => expect(one.config()?.revision).toBe(1));
  await db.query("INSERT INTO node_warm_up (node_id, started_at, cause) VALUES ($1, now(), 'manual')", [NODES[0]]);
  await db.query("SELECT pg_notify('gb_runtime', $1)", [NODES[0]]);
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.warmUp).toMatchObject({ cause: "manual" }));
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.warmUp).toBeNull());
  await eventually(async () => {
    expect((await db.query("SELECT 1 FROM node_warm_up")).rowCount).toBe(0);
    const { rows } = await db.query(`SELECT "to" FROM health_event WHERE fact = 'warm-up'`);
    expect(rows).toEqual([{ to: "none" }]);
  });
});
