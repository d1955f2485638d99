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

const offline = { healthCheck: { enabled: false } };
const config = () => documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }], offline));
/** End of the present second, as a proxy would stamp its frame. */
const thisSecond = () => Math.ceil(Date.now() / 1_000) * 1_000;
const frames = async () => (await db.query("SELECT frame FROM metric_frame ORDER BY at")).rows.map((row) => row.frame);
const requests = async () => (await frames()).reduce((sum, one) => sum + one.pools[0].requests, 0);

test("the frames of two proxies become one of the worker, announced as soon as both have told it", async () => {
  const { workerId } = await control(after, { databaseUrl: database.url, dir });
  const [first, second] = [await proxy(after, dir, 0), await proxy(after, dir, 1)];
  await eventually(async () =>
    expect((await db.query("SELECT proxy_processes FROM worker")).rows[0]?.proxy_processes).toBe(2),
  );
  const heard: string[] = [];
  await db.query("LISTEN gb_tick");
  db.on("notification", (message) => heard.push(message.payload ?? ""));
  const atMs = thisSecond();
  first.send({ type: "frame", frame: frame(atMs, 5, 2) });
  second.send({ type: "frame", frame: frame(atMs, 3, 1) });
  await eventually(async () => expect(await frames()).toHaveLength(1));
  const [merged] = await frames();
  expect(merged.atMs).toBe(atMs);
  expect(merged.pools[0]).toMatchObject({ poolId: POOL, requests: 8, inFlight: 3, latencyUs: { i: [70], n: [8] } });
  expect(merged.nodes[0]).toMatchObject({ nodeId: NODES[0], requests: 8, share: 1 });
  expect(heard).toEqual([`${workerId} ${atMs}`]);
});

test("a frame that comes too late is counted in the next second, without its gauges", async () => {
  await control(after, { databaseUrl: database.url, dir });
  const [first, second] = [await proxy(after, dir, 0), await proxy(after, dir, 1)];
  await eventually(async () =>
    expect((await db.query("SELECT proxy_processes FROM worker")).rows[0]?.proxy_processes).toBe(2),
  );
  const atMs = thisSecond();
  first.send({ type: "frame", frame: frame(atMs, 5) });
  await eventually(async () => expect(await frames()).toHaveLength(1));
  second.send({ type: "frame", frame: frame(atMs, 7, 4) });
  await eventually(async () => expect(await requests()).toBe(12));
  expect((await frames()).map((one) => [one.atMs - atMs, one.pools[0].requests, one.pools[0].inFlight])).toEqual([
    [0, 5, 0],
    [1_000, 7, 0],
  ]);
});

test("after a start, seconds that proxies kept wait for all of them and land where they were measured", async () => {
  await control(after, { databaseUrl: database.url, dir, proxyProcesses: 2 });
  const past = [5, 4, 3, 2].map((ago) => thisSecond() - ago * 1_000);
  const first = await proxy(after, dir, 0);
  for (const atMs of past) first.send({ type: "frame", frame: frame(atMs, 10) });
  await eventually(async () =>
    expect((await db.query("SELECT proxy_processes FROM worker")).rows[0]?.proxy_processes).toBe(1),
  );
  const second = await proxy(after, dir, 1);
  for (const atMs of past) second.send({ type: "frame", frame: frame(atMs, 1) });
  await eventually(async () => expect(await requests()).toBe(44));
  expect((await frames()).map((one) => [one.atMs, one.pools[0].requests])).toEqual(past.map((atMs) => [atMs, 11]));
});

test("nothing is invented where nothing was measured", async () => {
  await control(after, { databaseUrl: database.url, dir });
  const one = await proxy(after, dir);
  await eventually(() => expect(one.received.length).toBeGreaterThan(0));
  const atMs = thisSecond() - 3_000;
  one.send({ type: "frame", frame: frame(atMs, 1) });
  one.send({ type: "frame", frame: frame(atMs + 2_000, 1) });
  await eventually(async () => expect(await frames()).toHaveLength(2));
  expect((await frames()).map((one) => one.atMs - atMs)).toEqual([0, 2_000]);
});

test("seconds measured during an outage of the database are stored after it, and rolled up", async () => {
  const relay = await cuttable(after, database.url);
  const { workerId } = await control(after, { databaseUrl: relay.url, dir });
  const one = await proxy(after, dir);
  await publish(db, 1, config());
  await eventually(() => expect(one.config()?.revision).toBe(1));
  relay.cut();
  const bucket = Math.floor(Date.now() / 10_000) * 10_000 - 10_000;
  for (let second = 1; second <= 10; second++) {
    one.send({ type: "frame", frame: frame(bucket + second * 1_000, second, second) });
  }
  relay.mend();
  await eventually(async () => expect(await requests()).toBe(55));
  const rolled = (resolution: string, scope: string) =>
    db.query("SELECT * FROM metric_rollup WHERE resolution = $1 AND scope = $2 AND requests > 0", [resolution, scope]);
  await eventually(async () => {
    const { rows } = await rolled("10s", "pool");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      worker_id: workerId,
      target_id: POOL,
      requests: "55",
      status_2xx: "55",
      in_flight_max: 10,
    });
    expect(rows[0].at.getTime()).toBe(bucket);
    expect((await rolled("10s", "node")).rows[0]).toMatchObject({ target_id: NODES[0], pool_id: POOL, requests: "55" });
    expect((await rolled("1m", "pool")).rows[0]).toMatchObject({ requests: "55" });
  });
});

test("a restart in the middle of a span counts everything once", async () => {
  const bucket = Math.floor(Date.now() / 10_000) * 10_000 - 10_000;
  for (const seconds of [
    [1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10],
  ]) {
    const run = await control(after, { databaseUrl: database.url, dir });
    const one = await proxy(after, dir);
    for (const second of seconds) one.send({ type: "frame", frame: frame(bucket + second * 1_000, second) });
    const sum = async () =>
      (await db.query("SELECT requests FROM metric_rollup WHERE resolution = '10s' AND scope = 'pool'")).rows[0]
        ?.requests;
    await eventually(async () => expect(await sum()).toBe(seconds[0] === 1 ? "15" : "55"));
    await run.stop();
  }
});

test("when a pool first served is kept in the worker's row and on disk", async () => {
  await control(after, { databaseUrl: database.url, dir });
  const one = await proxy(after, dir);
  await publish(db, 1, config());
  await eventually(() => expect(one.config()?.revision).toBe(1));
  const atMs = thisSecond();
  one.send({ type: "frame", frame: frame(atMs - 1_000, 0) });
  one.send({ type: "frame", frame: frame(atMs, 4) });
  await eventually(async () =>
    expect((await db.query("SELECT serving_since FROM worker")).rows[0]?.serving_since).toEqual({ [POOL]: atMs }),
  );
});

test("what one proxy learns of a node reaches its siblings at once, and the worst is what people see", async () => {
  await control(after, { databaseUrl: database.url, dir });
  const [first, second] = [await proxy(after, dir, 0), await proxy(after, dir, 1)];
  await publish(db, 1, config());
  await eventually(() => expect(second.config()?.revision).toBe(1));
  const nowMs = Date.now();
  const ejected = {
    state: "ejected",
    sinceMs: nowMs,
    untilMs: nowMs + 60_000,
    cause: "connect-failed",
    timesEjected: 1,
  };
  const open = { state: "open", sinceMs: nowMs, untilMs: nowMs + 60_000, cause: "error-ratio", timesOpened: 1 };
  first.send({ type: "passive", facts: [{ nodeId: NODES[0], ejection: ejected, breaker: { state: "closed" } }] });
  await eventually(() =>
    expect(second.received.findLast((message) => message.type === "passive")).toMatchObject({
      facts: [{ nodeId: NODES[0], ejection: ejected }],
    }),
  );
  expect(first.received.some((message) => message.type === "passive")).toBe(false);
  second.send({
    type: "passive",
    facts: [{ nodeId: NODES[0], ejection: { state: "in", timesEjected: 0 }, breaker: open }],
  });
  await eventually(async () => {
    expect((await db.query("SELECT * FROM node_ejection")).rows[0]).toMatchObject({
      state: "ejected",
      times_ejected: 1,
    });
    expect((await db.query("SELECT * FROM node_breaker")).rows[0]).toMatchObject({
      state: "open",
      cause: "error-ratio",
    });
  });
  const newcomer = await proxy(after, dir, 2);
  await eventually(() => {
    const told = newcomer.received.find((message) => message.type === "runtime");
    expect(told?.state.passive).toMatchObject([{ nodeId: NODES[0], ejection: ejected, breaker: open }]);
  });
  first.send({
    type: "passive",
    facts: [{ nodeId: NODES[0], ejection: { state: "in", timesEjected: 1 }, breaker: { state: "closed" } }],
  });
  await eventually(async () => {
    expect((await db.query("SELECT * FROM node_ejection")).rows[0]).toMatchObject({ state: "in", times_ejected: 1 });
    const { rows } = await db.query(`SELECT fact, "from", "to", reason FROM health_event ORDER BY id`);
    expect(rows).toEqual([
      { fact: "ejection", from: "in", to: "ejected", reason: "connect-failed" },
      { fact: "breaker", from: "closed", to: "open", reason: "error-ratio" },
      { fact: "ejection", from: "ejected", to: "in", reason: "time-over" },
    ]);
  });
});

test("what happened to nodes is counted once, however many processes tell of it, and kept in roll-ups", async () => {
  await control(after, { databaseUrl: database.url, dir });
  const [one, other] = [await proxy(after, dir, 0), await proxy(after, dir, 1)];
  await publish(db, 1, config());
  await eventually(() => expect([one, other].map((each) => each.config()?.revision)).toEqual([1, 1]));
  const nowMs = Date.now();
  const facts = [
    {
      nodeId: NODES[0],
      ejection: { state: "ejected", sinceMs: nowMs, untilMs: nowMs + 60_000, timesEjected: 1, cause: "status-500" },
      breaker: { state: "open", sinceMs: nowMs, untilMs: nowMs + 60_000, cause: "status-500", timesOpened: 1 },
    },
  ] as const;
  // Both processes met it at the same time, for requests of two routes: it has happened once.
  const setOff = (routeId: string) =>
    (["breaker", "ejection"] as const).map((fact) => ({
      fact,
      nodeId: NODES[0],
      poolId: POOL,
      routeId,
      class: "gold",
    }));
  one.send({ type: "passive", facts: [...facts] as never, trips: setOff(NODES[1]) });
  other.send({ type: "passive", facts: [...facts] as never, trips: setOff(NODES[2]) });
  await eventually(async () =>
    expect((await db.query("SELECT count(*)::int AS n FROM health_event WHERE fact = 'ejection'")).rows[0].n).toBe(1),
  );
  const bucket = Math.floor(Date.now() / 10_000) * 10_000 - 10_000;
  for (const second of [1, 2, 10]) {
    const told = frame(bucket + second * 1_000, 4);
    const [pool] = told.pools as [(typeof told.pools)[number]];
    const details = { causes: { "connect-refused": 3 }, hedges: 1 };
    const flows = [
      { poolId: POOL, routeId: NODES[1], ...frame(0, 4).pools[0], details, inFlight: 2, queued: undefined },
    ];
    one.send({
      type: "frame",
      frame: { ...told, pools: [{ ...pool, details, connections: second }], flows: flows as never },
    });
    other.send({ type: "frame", frame: frame(bucket + second * 1_000, 0) });
  }
  const rolled = async (scope: string) =>
    (await db.query("SELECT * FROM metric_rollup WHERE resolution = '10s' AND scope = $1 AND requests = 12", [scope]))
      .rows[0];
  const trips = { ejections: 1, breakerOpenings: 1 };
  await eventually(async () => {
    const counted = { causes: { "connect-refused": 9 }, hedges: 3 };
    expect(await rolled("pool")).toMatchObject({ details: { ...counted, ...trips }, connections_max: 10 });
    expect(await rolled("all")).toMatchObject({ details: { ...counted, ...trips } });
    expect(await rolled("node")).toMatchObject({ details: trips });
    expect(await rolled("route")).toMatchObject({
      target_id: NODES[1],
      details: { ...counted, ...trips },
      in_flight_max: 2,
    });
    // Of the class nothing else was told.
    const ofClass = "SELECT name, details FROM metric_rollup WHERE resolution = '10s' AND scope = 'class'";
    expect((await db.query(ofClass)).rows).toEqual([{ name: "gold", details: trips }]);
    const others = "SELECT 1 FROM metric_rollup WHERE scope = 'route' AND target_id = $1";
    expect((await db.query(others, [NODES[2]])).rowCount).toBe(0);
  });
});
