// How a revision comes to the proxies: by what it changes, told by a notification, or found by the poll.
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import {
  cleanups,
  connected,
  control,
  cuttable,
  documentOf,
  eventually,
  NODES,
  proxy,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
let url: string;
let db: pg.Client;
let dir: DataDir;

beforeEach(async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  url = database.url;
  db = await connected(after, url);
  dir = await temporaryDataDir(after);
});
afterEach(after.run);

const weighing = (weight: number): ConfigDocument => {
  const nodes = NODES.map((id) => ({ id, url: "http://127.0.0.1:9", weight: 1 }));
  const pool = quickPool(nodes, { healthCheck: { enabled: false } });
  return documentOf({
    ...pool,
    nodes: pool.nodes.with(2, { ...(pool.nodes[2] as (typeof pool.nodes)[number]), weight }),
  });
};
const workerRow = async () => (await db.query("SELECT * FROM worker")).rows[0];

test("a revision travels as what it changes, and as a whole to a proxy that comes or that refused the one before", async () => {
  await control(after, { databaseUrl: url, dir });
  await publish(db, 1, weighing(1));
  const one = await proxy(after, dir);
  await eventually(() => expect(one.config()?.document).toEqual(weighing(1)));
  await publish(db, 2, weighing(2));
  await eventually(() => expect(one.config()).toEqual({ revision: 2, document: weighing(2) }));
  const changes = () => one.received.filter((message) => message.type === "config-change");
  expect(changes().map(({ change }) => change.nodes.map(({ id, weight }) => [id, weight]))).toEqual([[[NODES[2], 2]]]);
  expect(changes()[0]?.change).not.toHaveProperty("proxy");

  one.send({ type: "refused", revision: 2, reason: "too heavy" });
  await eventually(async () => expect(await workerRow()).toMatchObject({ refused_revision: 2 }));
  await publish(db, 3, weighing(3));
  await eventually(async () => expect(await workerRow()).toMatchObject({ revision: 3, refused_revision: null }));
  expect(one.received.findLast((message) => message.type === "config")?.config.revision).toBe(3);
  const late = await proxy(after, dir, 1);
  await eventually(() => expect(late.config()).toEqual({ revision: 3, document: weighing(3) }));
});

test("a worker tells which of its processes runs which revision and since when, also after control was replaced", async () => {
  const before = await control(after, { databaseUrl: url, dir });
  await publish(db, 1, weighing(1));
  const [one, two] = [await proxy(after, dir, 0), await proxy(after, dir, 1)];
  two.answerOnly((revision) => revision === 1);
  await eventually(async () => expect(await workerRow()).toMatchObject({ revision: 1 }));
  const since = (await workerRow()).revision_since as Date;
  await publish(db, 2, weighing(2));
  await eventually(async () =>
    expect(await workerRow()).toMatchObject({
      revision: 1,
      revision_since: since,
      processes: [
        { process: 0, pid: 1_000, revision: 2, sinceMs: expect.any(Number) },
        { process: 1, pid: 1_001, revision: 1, sinceMs: expect.any(Number) },
      ],
    }),
  );
  two.send({ type: "refused", revision: 2, reason: "too heavy" });
  await eventually(async () =>
    expect(await workerRow()).toMatchObject({ refused_revision: 2, refused_since: expect.any(Date) }),
  );
  two.send({ type: "applied", revision: 2, sinceMs: 1_700_000_000_000 });
  await eventually(async () => expect(await workerRow()).toMatchObject({ revision: 2, refused_since: null }));
  const runs = (await workerRow()).revision_since as Date;
  expect(runs.getTime()).toBeGreaterThanOrEqual(since.getTime());

  await before.stop();
  await control(after, { databaseUrl: url, dir });
  for (const process of [0, 1]) {
    const again = await proxy(after, dir, process);
    again.answerOnly(() => false);
    again.send({ type: "applied", revision: 2, sinceMs: 1_700_000_000_000 + process });
  }
  await eventually(async () =>
    expect(await workerRow()).toMatchObject({ revision: 2, revision_since: new Date(1_700_000_000_001) }),
  );
  one.socket.destroy();
});

test("a publish whose notification is lost is found by the poll", async () => {
  await control(after, { databaseUrl: url, dir });
  const one = await proxy(after, dir);
  await publish(db, 1, weighing(1));
  await eventually(() => expect(one.config()?.revision).toBe(1));
  await publish(db, 2, weighing(2), { isTold: false });
  await eventually(() => expect(one.config()?.revision).toBe(2), 20_000);
}, 40_000);

test("what was published while the connection that listens was dead is in force when it is back", async () => {
  const relay = await cuttable(after, url);
  await control(after, { databaseUrl: relay.url, dir });
  const one = await proxy(after, dir);
  await publish(db, 1, weighing(1));
  await eventually(() => expect(one.config()?.revision).toBe(1));
  relay.cut();
  await publish(db, 2, weighing(2));
  await publish(db, 3, weighing(3));
  expect(one.config()?.revision).toBe(1);
  relay.mend();
  await eventually(() => expect(one.config()).toEqual({ revision: 3, document: weighing(3) }), 20_000);
  await eventually(async () => expect(await workerRow()).toMatchObject({ revision: 3 }), 20_000);
}, 60_000);
