// One worker evaluates the rules, over what all of them see; whoever is killed, no alert is lost and none is repeated.
import { fork } from "node:child_process";
import { once } from "node:events";
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import { encodeHistogram } from "#lib/core/histogram.ts";
import { muteFiring } from "#lib/store/control/alerts.ts";
import type { TestDatabase } from "#tests/support/postgres.ts";
import {
  cleanups,
  control,
  cuttable,
  documentOf,
  eventually,
  freshDatabase,
  NODES,
  node,
  POOL,
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

const alerts = async () => (await db.query("SELECT * FROM alert WHERE rule <> 'worker-lost' ORDER BY fired_at")).rows;
const events = async () =>
  (
    await db.query(
      "SELECT what FROM alert_event JOIN alert ON alert.id = alert_id WHERE rule <> 'worker-lost' ORDER BY alert_event.id",
    )
  ).rows.map(({ what }) => what);
const holder = async () => (await db.query("SELECT holder FROM alert_lease")).rows[0]?.holder as string;

/** A control process of its own, which a test may kill. */
async function worker(port: number) {
  const dir = await temporaryDataDir(after);
  const child = fork("workers/control/main.ts", [], {
    execPath: process.execPath,
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      GB_LOG_LEVEL: "warn",
      GB_DATA_DIR: dir.root,
      GB_ADMIN_PORT: String(port),
      GB_SECRET_KEY: "5e".repeat(32),
      DATABASE_URL: database.url,
    },
    silent: true,
  });
  after.add(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error(output);
    }),
  ]);
  return child;
}

/** Rules as a configuration writes them, over a pool of one node. */
const documentWith = (url: string, alertRules: Record<string, object>) => {
  const document = documentOf(quickPool([{ id: NODES[0], url }]));
  const rules = Object.fromEntries(Object.entries(alertRules).map(([key, rule]) => [key, AlertRule.parse(rule)]));
  return { ...document, proxy: { ...document.proxy, alertRules: rules } };
};
const quiet = { "pool-healthy": { enabled: false, condition: { kind: "pool-healthy" } } };

test("the holder is killed while an alert waits and while it fires: the other goes on, and there is one alert, once", async () => {
  const upstream = await node(after);
  const rule = { level: 1, forMs: 12_000, condition: { kind: "health-check-failed" } };
  await publish(db, 1, documentWith(upstream.url, { ...quiet, "health-check-failed": rule }));
  const first = await worker(16_901);
  await eventually(async () => expect(await holder()).not.toBe(""), 20_000);
  const firstId = await holder();
  const second = await worker(16_902);
  await eventually(async () => expect((await db.query("SELECT FROM node_health")).rowCount).toBe(2), 20_000);
  await upstream.stop();
  await eventually(async () => expect((await db.query("SELECT FROM alert_pending")).rowCount).toBe(1), 20_000);
  const { since } = (await db.query("SELECT since FROM alert_pending")).rows[0];

  first.kill("SIGKILL");
  await eventually(async () => expect(await alerts()).toMatchObject([{ state: "firing", node_id: NODES[0] }]), 40_000);
  const [fired] = await alerts();
  // It waited from when the one who was killed had seen it, not from when the other took over.
  expect(fired.fired_at.getTime() - since.getTime()).toBeGreaterThanOrEqual(12_000);
  expect(await holder()).not.toBe(firstId);
  expect((await db.query("SELECT FROM alert_pending")).rowCount).toBe(0);

  const third = await worker(16_903);
  await eventually(async () => expect((await db.query("SELECT FROM node_health")).rowCount).toBe(3), 20_000);
  const secondId = await holder();
  second.kill("SIGKILL");
  await eventually(async () => expect(await holder()).not.toBe(secondId), 40_000);
  expect(await alerts()).toMatchObject([{ id: fired.id, state: "firing" }]);
  await upstream.start();
  await eventually(
    async () => expect(await alerts()).toMatchObject([{ id: fired.id, state: "resolved", end_cause: "recovered" }]),
    40_000,
  );
  expect(await events()).toEqual(["fired", "resolved"]);
  third.kill("SIGKILL");
}, 180_000);

test("what only another worker sees is told, by the one that evaluates", async () => {
  const upstream = await node(after);
  await publish(db, 1, documentWith(upstream.url, quiet));
  const dir = await temporaryDataDir(after);
  const { workerId } = await control(after, { databaseUrl: database.url, dir });
  await eventually(async () => expect(await holder()).toBe(workerId));
  await db.query(
    "INSERT INTO worker (id, host, started_at, heartbeat_at) VALUES ('other', 'edge-2', now(), now() + interval '1 hour')",
  );
  await db.query(
    "INSERT INTO node_ejection (node_id, worker_id, state, since, until, cause) VALUES ($1, 'other', 'ejected', now(), now() + interval '1 hour', 'status-502')",
    [NODES[0]],
  );
  await db.query("SELECT pg_notify('gb_facts', '')");
  await eventually(async () => expect(await alerts()).toMatchObject([{ rule: "node-ejected", reason: "status-502" }]));
});

test("an alert of figures tells them, and is muted by a silence of its labels until it ends", async () => {
  const upstream = await node(after);
  const rule = { level: 2, condition: { kind: "error-rate", minimumRequests: 1 } };
  const burn = { enabled: false, condition: { kind: "slo-burn" } };
  const document = documentWith(upstream.url, { "error-rate": rule, "slo-burn": burn });
  const pools = document.pools.map((pool) => ({ ...pool, labels: { env: "staging" } }));
  await publish(db, 1, { ...document, pools });
  const silence = "018f0000-0000-7000-8000-000000000001";
  await db.query(
    `INSERT INTO silence (id, matchers, comment, starts_at, ends_at, created_by)
     VALUES ($1, '{"kinds":["error-rate"],"rules":[],"levels":[],"pools":["pay*"],"nodes":[],"labels":[{"name":"env","op":"=~","value":"stag.*"}]}', 'deploy', now(), now() + interval '1 hour', 'ann')`,
    [silence],
  );
  // What another version stored is passed over, and keeps nothing from being judged.
  await db.query(
    `INSERT INTO silence (id, matchers, comment, starts_at, ends_at, created_by) SELECT gen_random_uuid(), m::jsonb, 'odd', now(),
       now() + interval '2 hours', 'ann' FROM unnest(ARRAY['{"kinds":["of-tomorrow"]}', '{"zones":["eu"]}', 'null', '[]']) m`,
  );
  await db.query(
    `INSERT INTO maintenance_window (id, name, name_key, enabled, mode, matchers, schedule, updated_at)
     VALUES (gen_random_uuid(), 'odd', 'odd', true, 'mute', '{}', '{"timeZone":"Mars/Olympus","start":"00:00","durationMinutes":1440}', now())`,
  );
  await db.query(
    `INSERT INTO metric_rollup (resolution, at, worker_id, scope, target_id, pool_id, requests, successes, failures, status_1xx, status_2xx,
       status_3xx, status_4xx, status_5xx, retries, aborted, bytes_in, bytes_out, in_flight_max, queued_max, latency)
     SELECT '10s', date_bin('10 s', now(), '2020-01-01') - n * interval '10 s', w, 'pool', $1, $1, 50, 40, 10, 0, 40, 0, 0, 10, 0, 0, 0, 0, 1, 0, $2
     FROM generate_series(-3, 6) n, (VALUES ('a'), ('b')) AS v (w)`,
    [POOL, Buffer.from(encodeHistogram({ i: [70], n: [50] }))],
  );
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: database.url, dir });
  await eventually(async () =>
    expect(await alerts()).toMatchObject([
      {
        rule: "error-rate",
        pool_id: POOL,
        muted_by: silence,
        muted_kind: "silence",
        muted_name: "deploy",
        labels: { env: "staging" },
        figures: { metric: "error_ratio", value: 0.2, limit: 0.05, windowMs: 60_000 },
      },
    ]),
  );
  await db.query("UPDATE silence SET ends_at = now()");
  await db.query("SELECT pg_notify('gb_silences', $1)", [silence]);
  await eventually(async () => expect(await alerts()).toMatchObject([{ muted_by: null, state: "firing" }]));
  expect(await events()).toEqual(["fired", "muted", "unmuted"]);
});

test("an evaluation that began before a silence was ended early does not tell of it anew", async () => {
  const ends = Date.now() + 3_600_000;
  const id = "018f0000-0000-7000-8000-000000000002";
  const muting = (untilMs: number) => ({ kind: "silence" as const, id, name: "deploy", untilMs });
  await db.query(
    `INSERT INTO alert (id, rule, rule_key, level, fingerprint, state, pool_name, node_name, reason, consecutive_failures, fired_at)
     VALUES ($1, 'node-ejected', 'node-ejected', 2, 'f', 'firing', 'pay', 'a', 'status-502', 0, now())`,
    [id],
  );
  await muteFiring(db, () => muting(ends));
  await muteFiring(db, () => muting(ends - 60_000));
  expect(await events()).toEqual(["muted"]);
  const [{ muted_until }] = await alerts();
  expect(muted_until.getTime()).toBe(ends - 60_000);
  await muteFiring(db, () => null);
  expect(await events()).toEqual(["muted", "unmuted"]);
});

test("a stored histogram that nobody can read keeps no other alert from firing, and changes none of its pool", async () => {
  const upstream = await node(after);
  await upstream.stop();
  await publish(db, 1, documentWith(upstream.url, quiet));
  await db.query(
    `INSERT INTO metric_rollup (resolution, at, worker_id, scope, target_id, pool_id, requests, successes, failures, status_1xx, status_2xx,
       status_3xx, status_4xx, status_5xx, retries, aborted, bytes_in, bytes_out, in_flight_max, queued_max, latency)
     SELECT '10s', date_bin('10 s', now(), '2020-01-01') + n * interval '10 s', 'a', 'pool', $1, $1, 50, 40, 10, 0, 40, 0, 0, 10, 0, 0, 0, 0, 1, 0, $2
     FROM generate_series(-6, 12) n`,
    [POOL, Buffer.from([9, 9, 9])],
  );
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: database.url, dir });
  await eventually(async () => expect((await alerts()).map(({ rule }) => rule)).toContain("health-check-failed"));
  // What cannot be judged is told at its rules, until it can be.
  const faults = async () => (await db.query("SELECT rule_key, code, what FROM alert_rule_fault ORDER BY 1")).rows;
  await eventually(async () =>
    expect(await faults()).toContainEqual({ rule_key: "latency", code: "figures-unreadable", what: "payments" }),
  );
  await db.query("DELETE FROM metric_rollup");
  await eventually(async () => expect(await faults()).toEqual([]), 20_000);
});

test("an outage of the database is told of afterwards, with its true times, once", async () => {
  const upstream = await node(after);
  const lost = { level: 1, condition: { kind: "database-lost", afterMs: 1_000 } };
  await publish(db, 1, documentWith(upstream.url, { "database-lost": lost }));
  const relay = await cuttable(after, database.url);
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: relay.url, dir });
  await eventually(async () => expect(await holder()).not.toBe(""));
  const cutMs = Date.now();
  relay.cut();
  await eventually(() => expect(Date.now() - cutMs).toBeGreaterThan(4_500));
  relay.mend();
  await eventually(
    async () => expect(await alerts()).toMatchObject([{ rule: "database-lost", state: "resolved" }]),
    20_000,
  );
  const [{ fired_at, resolved_at }] = await alerts();
  // Since its last answer, of which there is one a second.
  expect(fired_at.getTime()).toBeLessThanOrEqual(cutMs + 100);
  expect(fired_at.getTime()).toBeGreaterThanOrEqual(cutMs - 5_000);
  expect(resolved_at.getTime() - fired_at.getTime()).toBeGreaterThanOrEqual(1_000);
});
