// What was under way when the database was lost goes on and ends by itself: real control and proxy processes, real nodes, and a real
// database behind a relay that is cut. On its return what ended meanwhile is written, and what was ordered meanwhile holds.
import { randomUUID } from "node:crypto";
import type http from "node:http";
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import type { NodeStatus } from "#lib/contracts/runtime.ts";
import { WorkerLive } from "#lib/contracts/views.ts";
import { readMetrics } from "#lib/services/read-metrics.ts";
import { closeDb } from "#lib/store/db.ts";
import type { TestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { ask, serve, startProxy } from "./real-proxies.ts";
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

beforeEach(async () => {
  ({ database, db } = await freshDatabase(after));
});
afterEach(after.run);

/** Two nodes each, the first of which is the one in question. */
const POOLS = {
  broken: { breaker: { minimumRequests: 2, openMs: 4_000, halfOpenRequests: 1 }, ejection: { enabled: false } },
  warming: { warmUp: { windowMs: 2_000 } },
  // What is held there is not to be asked of the other node as well.
  draining: { hedge: { enabled: false, suspectAfter: 0 } },
  returning: {},
} as const;
type PoolName = keyof typeof POOLS;
const NAMES = Object.keys(POOLS) as PoolName[];

async function startFleet() {
  const state = { isWell: false, held: [] as http.ServerResponse[] };
  const pools = await Promise.all(
    NAMES.map(async (name) => {
      const first = await serve(after, (request, response) => {
        if (request.url === "/draining/held") return void state.held.push(response);
        response.writeHead(name === "broken" && !state.isWell ? 500 : 200).end("first");
      });
      const second = await serve(after, (_, response) => response.end("second"));
      const nodes = [first, second].map((url, at) => ({ id: randomUUID(), name: `${name} ${at}`, url }));
      const settings = { algorithm: "weighted-round-robin", healthCheck: { enabled: false }, ...POOLS[name] };
      return { id: randomUUID(), name, ...settings, nodes };
    }),
  );
  const routes = pools.map(({ id, name }) => ({
    id: randomUUID(),
    name,
    match: { pathPrefix: `/${name}` },
    poolId: id,
  }));
  const firsts = Object.fromEntries(pools.map(({ name, nodes }) => [name, nodes[0]?.id])) as Record<PoolName, string>;
  return { state, firsts, document: ConfigDocument.parse({ pools, routes }) };
}

async function order(sql: string, nodeId: string): Promise<void> {
  await db.query(sql, [nodeId]);
  await db.query("SELECT pg_notify('gb_runtime', $1)", [nodeId]);
}
const DRAIN = "INSERT INTO node_admin_state (node_id, state, since, by) VALUES ($1, 'drain', now(), 'ada')";

test("an open breaker, a warm-up and a drain end by themselves without the database, and all is reconciled when it is back", async () => {
  const relay = await cuttable(after, database.url);
  const dir = await temporaryDataDir(after);
  const [port] = (await freePorts(1)) as [number];
  const { adminPort } = await control(after, { databaseUrl: relay.url, dir, proxyProcesses: 1 });
  await startProxy(after, { index: 0, count: 1, port, root: dir.root });
  const { state, firsts, document } = await startFleet();
  const statuses = async (): Promise<Record<PoolName, NodeStatus | undefined>> => {
    const live = WorkerLive.parse(await (await fetch(`http://127.0.0.1:${adminPort}/live`)).json());
    const of = new Map(live.nodes.map(({ nodeId, status }) => [nodeId, status]));
    return Object.fromEntries(NAMES.map((name) => [name, of.get(firsts[name])])) as never;
  };
  await publish(db, 1, document);
  await eventually(async () => expect(await ask(port, "/returning")).toMatch(/first|second/));
  const held = [ask(port, "/draining/held"), ask(port, "/draining/held")];
  await eventually(() => expect(state.held.length).toBeGreaterThan(0));
  await order(DRAIN, firsts.draining);
  await order(DRAIN, firsts.returning);
  await order("INSERT INTO node_warm_up (node_id, started_at, cause) VALUES ($1, now(), 'manual')", firsts.warming);
  await eventually(async () => {
    expect(await ask(port, "/broken")).toBe("second");
    expect(await statuses()).toMatchObject({ broken: "breaker-open", draining: "draining", returning: "drained" });
  });
  await eventually(async () =>
    expect((await db.query("SELECT FROM node_breaker WHERE state <> 'closed'")).rowCount).toBe(1),
  );
  const warming = await statuses();
  relay.cut();

  // Of the two that were held one may have gone to the other node, which answers at once.
  for (const response of state.held) response.end("held");
  state.isWell = true;
  await Promise.all(held);
  await eventually(async () => {
    await ask(port, "/broken");
    expect(await statuses()).toEqual({
      broken: "unchecked",
      warming: "unchecked",
      draining: "drained",
      returning: "drained",
    });
  }, 20_000);
  expect(["warming-up", "unchecked"]).toContain(warming.warming);
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(port, "/warming")));
  expect(answers.filter((answer) => answer === "first")).toHaveLength(6);

  // Ordered while this worker could not be told.
  await order("UPDATE node_admin_state SET state = 'ready' WHERE node_id = $1", firsts.returning);
  relay.mend();
  await eventually(async () => expect((await statuses()).returning).toBe("unchecked"), 20_000);
  const breakers = async () =>
    (await db.query("SELECT state FROM node_breaker WHERE node_id = $1", [firsts.broken])).rows.map((row) => row.state);
  const events = async () =>
    (
      await db.query(`SELECT "to" FROM health_event WHERE node_id = $1 AND fact = 'breaker' ORDER BY at`, [
        firsts.broken,
      ])
    ).rows.map((row) => row.to);
  await eventually(async () => {
    expect(await breakers()).toEqual(["closed"]);
    expect((await db.query("SELECT FROM node_warm_up")).rowCount).toBe(0);
    // With what happened while nobody could write it down.
    expect((await events()).at(-1)).toBe("closed");
  }, 20_000);
  expect((await statuses()).draining).toBe("drained");
}, 90_000);

test("of an outage longer than two minutes the beginning is missing, and is shown as missing: never as zero, never as a guess", async () => {
  const relay = await cuttable(after, database.url);
  const dir = await temporaryDataDir(after);
  const { adminPort } = await control(after, { databaseUrl: relay.url, dir });
  const one = await proxy(after, dir);
  await publish(
    db,
    1,
    documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }], { healthCheck: { enabled: false } })),
  );
  await eventually(() => expect(one.config()?.revision).toBe(1));
  relay.cut();
  // 140 seconds, each with as many requests as it is old.
  const endMs = Math.floor(Date.now() / 1_000) * 1_000 - 5_000;
  const seconds = Array.from({ length: 140 }, (_, at) => endMs - (139 - at) * 1_000);
  for (const [at, atMs] of seconds.entries()) one.send({ type: "frame", frame: frame(atMs, 140 - at) });
  const live = async () => WorkerLive.parse(await (await fetch(`http://127.0.0.1:${adminPort}/live`)).json());
  await eventually(async () => expect((await live()).ticks.at(-1)?.atMs).toBe(endMs));
  relay.mend();
  const stored = async () =>
    (await db.query("SELECT frame FROM metric_frame ORDER BY at")).rows.map(({ frame: told }) => told.atMs as number);
  await eventually(async () => expect((await stored()).at(-1)).toBe(endMs), 20_000);
  expect(await stored()).toEqual(seconds.slice(-120));

  process.env.DATABASE_URL = database.url;
  after.add(closeDb);
  const reader = { kind: "token", id: randomUUID(), name: "reader", role: "viewer", address: null } as const;
  const { points } = await readMetrics(reader, { scope: "pool", id: POOL, rangeMs: 300_000 });
  const rateAt = new Map(points.map(({ atMs, requestsPerSecond }) => [atMs, requestsPerSecond]));
  const told = seconds.map((atMs) => rateAt.get(atMs));
  expect(told.slice(0, 20)).toEqual(Array(20).fill(null));
  expect(told.slice(20)).toEqual(seconds.slice(20).map((_, at) => 120 - at));
  // Neither do the coarser ones know of more than was kept.
  const kept = (120 * 121) / 2;
  await eventually(async () => {
    const sum = await db.query(
      "SELECT sum(requests)::int AS n FROM metric_rollup WHERE resolution = '10s' AND scope = 'pool'",
    );
    expect(sum.rows[0].n).toBeLessThanOrEqual(kept);
    expect(sum.rows[0].n).toBeGreaterThan(kept - 500);
  }, 20_000);
}, 90_000);
