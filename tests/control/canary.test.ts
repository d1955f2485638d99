// Canaries as control judges them: real control processes on a real database, told by the bus what proxies measured. Set times
// pass by moving the start of the canary, by the clock of the database that all workers go by.
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { CanaryArm } from "#lib/contracts/metrics.ts";
import { emptyCounts } from "#lib/core/counts.ts";
import type { TestDatabase } from "#tests/support/postgres.ts";
import { startCanary as begin, measured as measuredIn, pass as passOf } from "./canary-rig.ts";
import {
  cleanups,
  control,
  cuttable,
  documentOf,
  eventually,
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
const CHECKS_OFF = { healthCheck: { enabled: false } };
const base = documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }], CHECKS_OFF));
const changed: ConfigDocument = documentOf(
  quickPool(
    [
      { id: NODES[0], url: "http://127.0.0.1:9" },
      { id: NODES[1], url: "http://127.0.0.1:10" },
    ],
    CHECKS_OFF,
  ),
);

beforeEach(async () => {
  ({ database, db } = await freshDatabase(after));
  await publish(db, 1, base);
});
afterEach(after.run);

type Worker = { link: Awaited<ReturnType<typeof proxy>>; stop: () => Promise<void> };
/** A worker with one proxy, which runs the canary `id`. */
async function worker(
  id: string,
  url = database.url,
  dir?: Awaited<ReturnType<typeof temporaryDataDir>>,
): Promise<Worker> {
  const where = dir ?? (await temporaryDataDir(after));
  const started = await control(after, { databaseUrl: url, dir: where });
  const link = await proxy(after, where);
  await eventually(() => expect(link.config()?.canary?.id).toBe(id));
  return { link, stop: started.stop };
}

const startCanary = (settings: object = {}, document: unknown = changed) => begin(db, document, settings);

let second = Date.now();
type Met = { requests: number; failures?: number; bucket?: number };
/** What the clients of an arm met in one second. */
function counts(canaryId: string, arm: CanaryArm, { requests, failures = 0, bucket = 70 }: Met) {
  const latencyUs = { i: [bucket], n: [requests] };
  return {
    canaryId,
    arm,
    poolId: POOL,
    ...emptyCounts(),
    requests,
    successes: requests - failures,
    failures,
    latencyUs,
  };
}
function tell({ link }: Worker, id: string, control: Met, canary: Met): void {
  second += 1_000;
  const frame = {
    atMs: second,
    pools: [],
    nodes: [],
    canary: [counts(id, "control", control), counts(id, "canary", canary)],
  };
  link.send({ type: "frame", frame });
}
const pass = (ms: number) => passOf(db, ms);
const row = async () => (await db.query("SELECT * FROM canary")).rows[0];
const measured = () => measuredIn(db);
const told = (requests: number) => eventually(async () => expect(await measured()).toBe(requests));
const ended = (state: string, reason: string) =>
  eventually(async () => expect(await row()).toMatchObject({ state, reason }), 15_000);
const published = async () => (await db.query("SELECT state FROM revision WHERE number = 2")).rows[0].state;
const audits = async () => (await db.query("SELECT action FROM audit WHERE target_kind = 'canary'")).rows;

test("is promoted when its time is up, by what all workers met together, and once", async () => {
  const id = await startCanary();
  const [one, other] = [await worker(id), await worker(id)];
  tell(one, id, { requests: 60 }, { requests: 60 });
  tell(other, id, { requests: 60 }, { requests: 60 });
  await told(240);
  await pass(590_000);
  expect((await row()).state).toBe("running");
  await pass(10_000);
  await ended("promoted", "as-good");
  await eventually(() => {
    for (const { link } of [one, other]) expect(link.config()).toMatchObject({ revision: 2, document: changed });
    for (const { link } of [one, other]) expect(link.config()?.canary).toBeUndefined();
  });
  expect(await published()).toBe("published");
  expect(await audits()).toEqual([{ action: "canary.promote" }]);
  expect((await db.query("SELECT count(*)::int AS n FROM node")).rows[0].n).toBe(2);
  const { evidence } = (await db.query("SELECT evidence FROM canary_evidence ORDER BY step DESC LIMIT 1")).rows[0];
  expect(evidence).toMatchObject({ verdict: "promote", canary: { requests: 120 }, control: { requests: 120 } });
});

test("is never promoted below its sample: when its time is up it is rolled back", async () => {
  const id = await startCanary();
  const one = await worker(id);
  tell(one, id, { requests: 5_000 }, { requests: 99 });
  await told(5_099);
  await pass(600_000);
  await ended("rolled-back", "too-few-requests");
  expect(await published()).toBe("rolled-back");
  await eventually(() => expect(one.link.config()).toMatchObject({ revision: 1 }));
  await eventually(() => expect(one.link.config()?.canary).toBeUndefined());
});

test("that fails more is rolled back at once, long before its time is up", async () => {
  const id = await startCanary();
  const one = await worker(id);
  tell(one, id, { requests: 200 }, { requests: 100, failures: 40 });
  await ended("rolled-back", "success-rate");
  expect(await audits()).toEqual([{ action: "canary.rollback" }]);
});

test("that is slower by its P99 is rolled back", async () => {
  const id = await startCanary();
  const one = await worker(id);
  tell(one, id, { requests: 200 }, { requests: 200, bucket: 400 });
  await ended("rolled-back", "p99");
});

test("waits for a live worker that has not told yet, and not for one that is lost", async () => {
  const id = await startCanary();
  await db.query(
    `INSERT INTO worker (id, host, started_at, heartbeat_at) VALUES ('silent', 'h', now(), now() + interval '1 hour')`,
  );
  const one = await worker(id);
  tell(one, id, { requests: 200 }, { requests: 200 });
  await told(400);
  await pass(600_000);
  await eventually(async () => {
    const rows = await db.query("SELECT evidence->>'reason' AS reason FROM canary_evidence ORDER BY step DESC LIMIT 1");
    expect(rows.rows[0]?.reason).toBe("awaiting-workers");
  });
  expect((await row()).state).toBe("running");
  await db.query("UPDATE worker SET heartbeat_at = now() - interval '1 hour' WHERE id = 'silent'");
  await ended("promoted", "as-good");
});

test("goes on where it was when control dies: what it had told counts, and is told once", async () => {
  const id = await startCanary();
  const dir = await temporaryDataDir(after);
  const first = await worker(id, database.url, dir);
  tell(first, id, { requests: 150 }, { requests: 150 });
  await told(300);
  await first.stop();
  await pass(300_000);
  const next = await worker(id, database.url, dir);
  tell(next, id, { requests: 50 }, { requests: 50 });
  await told(400);
  await pass(300_000);
  await ended("promoted", "as-good");
});

test("without the database nothing is decided, nothing is lost, and it is judged when that is back", async () => {
  const relay = await cuttable(after, database.url);
  const id = await startCanary();
  const one = await worker(id, relay.url);
  tell(one, id, { requests: 100 }, { requests: 100 });
  await told(200);
  relay.cut();
  tell(one, id, { requests: 100 }, { requests: 100 });
  await pass(600_000);
  expect((await row()).state).toBe("running");
  relay.mend();
  await ended("promoted", "as-good");
  expect(await measured()).toBe(400);
});

test("is told to a proxy process that starts anew, and without the database by a control process that does", async () => {
  const relay = await cuttable(after, database.url);
  const id = await startCanary();
  const dir = await temporaryDataDir(after);
  const first = await worker(id, relay.url, dir);
  const late = await proxy(after, dir, 1);
  await eventually(() => expect(late.config()?.canary?.id).toBe(id));
  expect(late.config()?.canary?.document).toEqual(changed);
  await first.stop();
  relay.cut();
  const next = await worker(id, relay.url, dir);
  expect(next.link.config()).toMatchObject({ revision: 1, document: base });
});

test("that a worker cannot read ends with that worker's reason, and everybody keeps what is in force", async () => {
  const id = await startCanary({}, { pools: "none", routes: [] });
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: database.url, dir });
  const link = await proxy(after, dir);
  await ended("rolled-back", "refused");
  expect((await row()).detail).toMatch(
    /^worker-refused worker=".+" why="document-invalid path=\\"pools\\" code=\\"invalid_type\\"/,
  );
  await eventually(() => expect(link.config()).toMatchObject({ revision: 1 }));
  expect(id).toBe((await row()).id);
});

test("that a proxy process cannot run ends with that reason", async () => {
  const id = await startCanary();
  const one = await worker(id);
  one.link.send({ type: "canary-refused", canaryId: id, reason: "two routes are one" });
  await ended("rolled-back", "refused");
  expect((await row()).detail).toContain('proxy-refused process=0 why=\\"two routes are one\\"');
});

test("checks a node that only the canary has once, and facts of it are stored when it is promoted", async () => {
  const id = await startCanary();
  const one = await worker(id);
  const facts = async () =>
    (await db.query("SELECT node_id::text FROM node_health")).rows.map(({ node_id }) => node_id);
  expect(one.link.nodeRuntime(NODES[1])).toBeDefined();
  tell(one, id, { requests: 200 }, { requests: 200 });
  await told(400);
  expect(await facts()).not.toContain(NODES[1]);
  await pass(600_000);
  await ended("promoted", "as-good");
  await eventually(async () => expect(await facts()).toContain(NODES[1]));
});
