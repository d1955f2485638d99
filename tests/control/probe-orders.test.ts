import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { ProbeAnswer } from "#lib/contracts/runtime.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import {
  cleanups,
  connected,
  control,
  documentOf,
  eventually,
  NODES,
  node,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
let db: pg.Client;
const answers: ProbeAnswer[] = [];

beforeEach(async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  db = await connected(after, database.url);
  answers.length = 0;
  await db.query(`LISTEN ${CHANNELS.probed}`);
  db.on("notification", ({ payload = "" }) => void answers.push(ProbeAnswer.parse(JSON.parse(payload))));
  await control(after, { databaseUrl: database.url, dir: await temporaryDataDir(after) });
});
afterEach(after.run);

const order = (request: string, nodeId: string) =>
  db.query("SELECT pg_notify($1, $2)", [CHANNELS.probe, `${request} ${nodeId}`]);
const recent = async () =>
  (await db.query("SELECT checks->>'recent' AS recent FROM node_health")).rows[0]?.recent ?? "";

test("a check by hand is carried out at once, told, and counted as any other", async () => {
  const upstream = await node(after);
  const slow = { healthCheck: { intervalMs: 3_600_000, fall: 1 } };
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: upstream.url }], slow)));
  await eventually(async () => expect(await recent()).toBe("+"));
  upstream.state.status = 503;
  const request = randomUUID();
  await order(request, NODES[0]);
  await eventually(() => expect(answers).toHaveLength(1));
  expect(answers[0]).toMatchObject({ request, nodeId: NODES[0], result: { passed: false } });
  expect(answers[0]?.result.levels.map(({ level, reason }) => `${level} ${reason}`)).toEqual([
    "tcp ok",
    "http status-503",
  ]);
  await eventually(async () => expect(await recent()).toBe("+h"));
});

test("of a node whose checks are off it is told, and counts for nothing", async () => {
  const upstream = await node(after);
  await publish(
    db,
    1,
    documentOf(quickPool([{ id: NODES[0], url: upstream.url }], { healthCheck: { enabled: false } })),
  );
  const request = randomUUID();
  await eventually(async () => {
    await order(request, NODES[0]);
    expect(answers.length).toBeGreaterThan(0);
  });
  expect(answers[0]?.result).toMatchObject({ passed: true });
  expect(await recent()).toBe("");
});

test("of a node that this worker does not have, or by no order at all, nothing is told", async () => {
  await order(randomUUID(), randomUUID());
  await db.query("SELECT pg_notify($1, 'nonsense')", [CHANNELS.probe]);
  const upstream = await node(after);
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: upstream.url }])));
  await eventually(async () => expect(await recent()).not.toBe(""));
  expect(answers).toEqual([]);
});
