import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DataDir } from "#lib/store/data-dir.ts";
import type { TestDatabase } from "#tests/support/postgres.ts";
import {
  cleanups,
  control,
  cuttable,
  documentOf,
  eventually,
  frame,
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

const alerts = async () => (await db.query("SELECT * FROM alert ORDER BY fired_at")).rows;
const healthRows = async () => (await db.query("SELECT * FROM node_health ORDER BY worker_id")).rows;

/** One node, checked by one control process with one proxy. */
async function fixture(settings: object = {}) {
  const upstream = await node(after);
  await control(after, { databaseUrl: database.url, dir });
  const one = await proxy(after, dir);
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: upstream.url }], settings)));
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy"));
  return { upstream, one };
}

test("three failed checks in a row raise one level-1 alert, which ends with its time when the node recovers", async () => {
  const { upstream, one } = await fixture();
  const heard: string[] = [];
  await db.query("LISTEN gb_alert");
  db.on("notification", (message) => heard.push(message.payload ?? ""));
  await upstream.stop();
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("unhealthy"));
  await eventually(async () => expect(await alerts()).toHaveLength(1));
  const [fired] = await alerts();
  expect(fired).toMatchObject({
    rule: "health-check-failed",
    level: 1,
    state: "firing",
    node_id: NODES[0],
    pool_id: POOL,
    node_name: "node-1",
    pool_name: "payments",
    reason: "connect-refused",
    check_level: "tcp",
    consecutive_failures: 3,
    resolved_at: null,
  });
  await upstream.start();
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy"));
  await eventually(async () => expect((await alerts())[0]?.state).toBe("resolved"));
  const [ended, ...others] = await alerts();
  expect(others).toEqual([]);
  expect(ended.resolved_at.getTime()).toBeGreaterThan(ended.fired_at.getTime());
  expect(heard).toEqual([fired.id, fired.id]);
});

test("stores that a node is new in a pool that serves, and what changes of other nodes meanwhile", async () => {
  const { upstream, one } = await fixture({ healthCheck: { fall: 2 } });
  const added = await node(after);
  added.state.status = 500;
  const both = [
    { id: NODES[0], url: upstream.url },
    { id: NODES[1], url: added.url },
  ];
  await publish(db, 2, documentOf(quickPool(both, { healthCheck: { fall: 10, intervalMs: 60_000 } })));
  await eventually(() => expect(one.nodeRuntime(NODES[1])?.health.state).toBe("pending"));
  const states = async () => Object.fromEntries((await healthRows()).map((row) => [row.node_id, row.state]));
  await eventually(async () => expect(await states()).toEqual({ [NODES[0]]: "healthy", [NODES[1]]: "pending" }));
});

test("counts failures for people before the third, and tells proxies nothing of them", async () => {
  const { upstream, one } = await fixture({ healthCheck: { fall: 3, intervalMs: 400 } });
  const counts = new Set<number>();
  await db.query("LISTEN gb_facts");
  db.on("notification", async () => {
    for (const row of await healthRows()) counts.add(row.consecutive_failures);
  });
  const told = () => one.received.filter(({ type }) => type === "nodes" || type === "runtime");
  const toldBefore = told();
  upstream.state.status = 503;
  await eventually(async () => expect((await healthRows())[0]).toMatchObject({ consecutive_failures: 2 }));
  expect((await healthRows())[0]).toMatchObject({ state: "healthy", reason: "status-503" });
  expect(told()).toEqual(toldBefore);
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health).toMatchObject({ state: "unhealthy" }));
  await eventually(() => expect([...counts]).toEqual(expect.arrayContaining([1, 2, 3])));
});

test("two failures and a pass raise nothing", async () => {
  const { upstream } = await fixture();
  for (const failures of [2, 1]) {
    const before = upstream.state.hits;
    upstream.state.status = 500;
    await eventually(() => expect(upstream.state.hits).toBeGreaterThanOrEqual(before + failures));
    upstream.state.status = 200;
    await eventually(async () => expect((await healthRows())[0]).toMatchObject({ consecutive_failures: 0 }));
  }
  expect(await alerts()).toEqual([]);
});

test.each(["maintenance", "checks off", "node removed"])("an alert ends by %s", async (way) => {
  const { upstream } = await fixture();
  await upstream.stop();
  await eventually(async () => expect((await alerts())[0]?.state).toBe("firing"));
  if (way === "maintenance") {
    await db.query("INSERT INTO node_admin_state (node_id, state, by) VALUES ($1, 'maintenance', 'ann')", [NODES[0]]);
    await db.query("SELECT pg_notify('gb_runtime', '')");
  } else {
    const nodes = way === "node removed" ? [] : [{ id: NODES[0], url: upstream.url }];
    await publish(db, 2, documentOf(quickPool(nodes, { healthCheck: { enabled: way === "node removed" } })));
  }
  await eventually(async () => expect((await alerts())[0]).toMatchObject({ state: "resolved" }));
  expect((await alerts())[0].resolved_at).toBeInstanceOf(Date);
});

test("two control processes raise one alert, and it ends only when neither sees the node fail", async () => {
  const { upstream } = await fixture();
  const second = await temporaryDataDir(after);
  await control(after, { databaseUrl: database.url, dir: second });
  await eventually(async () => expect(await healthRows()).toHaveLength(2));
  await upstream.stop();
  await eventually(async () => {
    expect((await healthRows()).map((row) => row.state)).toEqual(["unhealthy", "unhealthy"]);
    expect(await alerts()).toHaveLength(1);
  });
  await upstream.start();
  await eventually(async () => expect((await alerts())[0]?.state).toBe("resolved"));
  await eventually(async () => expect((await healthRows()).map((row) => row.consecutive_failures)).toEqual([0, 0]));
  expect(await alerts()).toHaveLength(1);
});

test("a node that recovers in a warm pool is ramped from its first request on", async () => {
  const [upstream, other] = [await node(after), await node(after)];
  await control(after, { databaseUrl: database.url, dir });
  const one = await proxy(after, dir);
  const nodes = [
    { id: NODES[0], url: upstream.url },
    { id: NODES[1], url: other.url },
  ];
  await publish(db, 1, documentOf(quickPool(nodes)));
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy"));
  // Served for longer than a cold pool has, as its frames say.
  one.send({ type: "frame", frame: frame(Math.ceil(Date.now() / 1_000) * 1_000 - 3_600_000, 1) });
  await upstream.stop();
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("unhealthy"));
  await upstream.start();
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy"));
  const flip = one.received
    .flatMap((message) => (message.type === "nodes" ? message.nodes : []))
    .findLast((told) => told.nodeId === NODES[0] && told.health.state === "healthy");
  expect(flip?.warmUp).toMatchObject({ cause: "recovery" });
});

test("an outage of the database stops neither checks nor proxies, and the tables get the present after it", async () => {
  const upstream = await node(after);
  const relay = await cuttable(after, database.url);
  await control(after, { databaseUrl: relay.url, dir });
  const one = await proxy(after, dir);
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: upstream.url }])));
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy"));
  relay.cut();
  await upstream.stop();
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("unhealthy"));
  await publish(db, 2, documentOf(quickPool([{ id: NODES[0], url: upstream.url, name: "renamed" }])));
  expect(await alerts()).toEqual([]);
  relay.mend();
  await eventually(async () => {
    expect(one.config()?.revision).toBe(2);
    expect((await healthRows())[0]).toMatchObject({ state: "unhealthy" });
    expect(await alerts()).toMatchObject([{ state: "firing", node_id: NODES[0] }]);
  });
  await publish(db, 3, documentOf(quickPool([{ id: NODES[0], url: upstream.url }])));
  await eventually(() => expect(one.config()?.revision).toBe(3));
});

test("a control process started again keeps an unhealthy node out and its alert firing", async () => {
  const upstream = await node(after);
  const first = await control(after, { databaseUrl: database.url, dir });
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: upstream.url }], { healthCheck: { rise: 100 } })));
  await eventually(async () => expect((await healthRows())[0]?.state).toBe("healthy"));
  await upstream.stop();
  await eventually(async () => expect((await alerts())[0]?.state).toBe("firing"));
  await first.stop();
  await upstream.start();
  const before = upstream.state.hits;
  await control(after, { databaseUrl: database.url, dir });
  const one = await proxy(after, dir);
  await eventually(() => expect(upstream.state.hits).toBeGreaterThan(before + 2));
  expect(one.nodeRuntime(NODES[0])?.health.state).toBe("unhealthy");
  expect(await alerts()).toMatchObject([{ state: "firing" }]);
});

test("an ejection by real traffic raises one level-2 alert with its cause, which ends with its node", async () => {
  const { one } = await fixture();
  const ejection = { state: "ejected", sinceMs: Date.now(), untilMs: Date.now() + 60_000, timesEjected: 1 } as const;
  const facts = [{ nodeId: NODES[0], ejection: { ...ejection, cause: "status-500" }, breaker: { state: "closed" } }];
  one.send({ type: "passive", facts });
  await eventually(async () => expect(await alerts()).toHaveLength(1));
  one.send({ type: "passive", facts: [{ ...facts[0], ejection: { ...ejection, cause: "connection-reset" } }] });
  await publish(db, 2, documentOf(quickPool([])));
  await eventually(async () => expect((await alerts())[0]?.state).toBe("resolved"));
  expect(await alerts()).toMatchObject([
    { rule: "node-ejected", level: 2, reason: "status-500", node_id: NODES[0], node_name: "node-1" },
  ]);
});

test("a breaker that real traffic opens raises a level-2 alert with its cause, unless its ejection raised one", async () => {
  const { one } = await fixture();
  const opened = { sinceMs: Date.now(), untilMs: Date.now() + 60_000, cause: "status-500", timesOpened: 1 };
  const breaker = { state: "open", ...opened, requests: 20, failures: 15, slow: 0 } as const;
  const ejection = { state: "in", timesEjected: 0 } as const;
  one.send({ type: "passive", facts: [{ nodeId: NODES[0], ejection, breaker }] });
  const figures = { requests: 20, failures: 15, slow: 0 };
  const alert = { rule: "breaker-open", level: 2, reason: "status-500", figures, check_level: null, state: "firing" };
  await eventually(async () => expect(await alerts()).toMatchObject([alert]));

  const out = { state: "ejected", ...opened, timesEjected: 1 } as Record<string, unknown>;
  delete out.timesOpened;
  const [other] = [NODES[1]];
  await publish(
    db,
    2,
    documentOf(
      quickPool(
        [NODES[0], other].map((id) => ({ id, url: "http://127.0.0.1:9" })),
        { healthCheck: { enabled: false } },
      ),
    ),
  );
  await eventually(() => expect(one.config()?.revision).toBe(2));
  one.send({ type: "passive", facts: [{ nodeId: other, ejection: out, breaker }] });
  await eventually(async () =>
    expect((await alerts()).filter(({ node_id }) => node_id === other)).toMatchObject([{ rule: "node-ejected" }]),
  );
});
