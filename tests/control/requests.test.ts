// Requests on their way from the proxies to the database: all of them once, in hours, and never more than may be kept.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Database, openDatabase } from "#lib/store/control/database.ts";
import { expireRequests } from "#lib/store/control/requests.ts";
import { startTestDatabase, type TestDatabase } from "#tests/support/postgres.ts";
import { requestAttempt, requestRecord } from "#tests/support/requests.ts";
import { cleanups, connected, control, cuttable, eventually, NODES, proxy, temporaryDataDir } from "./support.ts";

const after = cleanups();
afterEach(after.run);
let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await startTestDatabase();
  database = openDatabase(test.url);
});
afterAll(async () => {
  await database.end();
  await test.stop();
});
beforeEach(async () => {
  await database.query("DELETE FROM request_record; DELETE FROM request_drop; DELETE FROM retention");
});

const ids = async () =>
  (await database.query<{ id: string }>("SELECT request_id AS id FROM request_record ORDER BY id")).rows.map(
    ({ id }) => id,
  );
const settle = (settings: object) =>
  database.query("INSERT INTO retention (settings, updated_by) VALUES ($1, 'x')", [JSON.stringify(settings)]);
const HOUR = 3_600_000;
const write = (requestId: string, atMs: number) =>
  database.query(
    `INSERT INTO request_record (at, request_id, worker_id, cause, kept, path, took_ms, node_ids, record)
     VALUES ($1, $2, 'w', 'ok', '{}', '/', 1, '{}', '{}')`,
    [new Date(atMs).toISOString(), requestId],
  );

it("are stored, and those who told of them hear that they may tell more", async () => {
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: test.url, dir });
  const told = await proxy(after, dir);
  const record = requestRecord({ requestId: "a\u0000b", attempts: [requestAttempt(NODES[0])] });
  told.send({ type: "requests", records: [record], dropped: 3 });
  await eventually(() => expect(told.received.some(({ type }) => type === "requests-taken")).toBe(true));
  await eventually(async () => expect(await ids()).toEqual(["ab"]));
  const { rows } = await database.query("SELECT node_ids, kept FROM request_record");
  expect(rows).toEqual([{ node_ids: [NODES[0]], kept: ["failed"] }]);
  await eventually(async () => {
    expect((await database.query("SELECT sum(count)::int AS n FROM request_drop")).rows).toEqual([{ n: 3 }]);
  });
});

it("wait for a database that is away, up to a bound, and then nobody may tell more until it is back", async () => {
  const dir = await temporaryDataDir(after);
  const relay = await cuttable(after, test.url);
  await connected(after, test.url);
  relay.cut();
  await control(after, { databaseUrl: relay.url, dir });
  const told = await proxy(after, dir);
  const answers = () => told.received.filter(({ type }) => type === "requests-taken").length;
  const batch = (n: number) => Array.from({ length: 1_000 }, (_, i) => requestRecord({ requestId: `${n}-${i}` }));
  told.send({ type: "requests", records: batch(1), dropped: 0 });
  await eventually(() => expect(answers()).toBe(1));
  told.send({ type: "requests", records: batch(2), dropped: 0 });
  // What is sent after it is answered after it.
  told.send({ type: "session-asks", asks: [] });
  await eventually(() => expect(told.received.some(({ type }) => type === "session-answers")).toBe(true)).catch(
    () => {},
  );
  expect(answers()).toBe(1);
  relay.mend();
  await eventually(() => expect(answers()).toBe(2), 20_000);
  await eventually(async () => expect((await ids()).length).toBe(2_000), 20_000);
}, 60_000);

it("go by whole hours when they are too old, and sooner when there are too many; what is older goes with them", async () => {
  const now = Date.now();
  const hour = Math.floor(now / HOUR) * HOUR;
  await settle({ requestHours: 2, requestsAtMost: 1_000 });
  await write("now", now);
  await write("kept", hour - 1);
  await write("old", hour - 3 * HOUR - 1);
  await expireRequests(database);
  expect((await ids()).toSorted()).toEqual(["kept", "now"]);
  await database.query(
    `INSERT INTO request_record (at, request_id, worker_id, cause, kept, path, took_ms, node_ids, record)
     SELECT now(), 'many', 'w', 'ok', '{}', '/', 1, '{}', '{}' FROM generate_series(1, 1000)`,
  );
  expect(await expireRequests(database)).toBe(1);
  expect((await ids()).filter((id) => id !== "many")).toEqual(["now"]);
});
