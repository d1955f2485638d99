// Quotas are counted in the database: for all workers together, and across restarts.
import { rm } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import type { LeaseAsk, LeaseGrant } from "#lib/contracts/bus.ts";
import { quotaSpan } from "#lib/core/quota.ts";
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
afterEach(after.run);

const QUOTA = 40;

/** A proxy process that draws on the quota of the first node. */
async function drawer(dir: DataDir) {
  const client = await proxy(after, dir);
  const { startMs, endMs } = quotaSpan("month", Date.now());
  let answered = client.received.length;
  const ask = async (need: number, back = 0): Promise<LeaseGrant> => {
    const asked: LeaseAsk = {
      resource: `quota:${NODES[0]}`,
      key: String(startMs),
      limit: { kind: "quota", requests: QUOTA, endMs },
      need,
      want: need,
      used: 0,
      back,
      owed: 0,
    };
    answered = client.received.length;
    client.send({ type: "lease", asks: [asked] });
    return eventually(() => {
      const told = client.received.slice(answered).find((message) => message.type === "grant");
      expect(told).toBeDefined();
      return (told as Extract<typeof told, { type: "grant" }>)?.grants[0] as LeaseGrant;
    });
  };
  return { ask, left: async () => (await ask(0)).left };
}

async function quotaDatabase() {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  await publish(
    db,
    1,
    documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }], { healthCheck: { enabled: false } })),
  );
  const used = async () => Number((await db.query("SELECT sum(used) AS used FROM node_quota")).rows[0]?.used);
  return { url: database.url, db, used };
}

test("what one worker hands out is missing from what another has left", { timeout: 60_000 }, async () => {
  const { url, used } = await quotaDatabase();
  const [one, other] = [await temporaryDataDir(after), await temporaryDataDir(after)];
  await control(after, { databaseUrl: url, dir: one });
  await control(after, { databaseUrl: url, dir: other });
  const [first, second] = [await drawer(one), await drawer(other)];
  expect(await first.ask(25)).toMatchObject({ granted: 25, left: 15 });
  await eventually(async () => expect(await used()).toBe(25));
  await eventually(async () => expect(await second.left()).toBe(15));
  expect(await second.ask(20)).toMatchObject({ granted: 15, left: 0 });
  await eventually(async () => expect(await first.left()).toBe(0));
  expect((await first.ask(1)).waitMs).toBeGreaterThan(0);
  // What comes back unspent is there for everybody.
  await second.ask(0, 5);
  await eventually(async () => expect(await first.left()).toBe(5));
});

test("it survives the worker, with its data directory or without", { timeout: 60_000 }, async () => {
  const { url, used } = await quotaDatabase();
  const dir = await temporaryDataDir(after);
  const first = await control(after, { databaseUrl: url, dir });
  expect(await (await drawer(dir)).ask(12)).toMatchObject({ granted: 12 });
  await first.stop();
  expect(await used()).toBe(12);
  const again = await control(after, { databaseUrl: url, dir });
  // From the disk, before the database has answered.
  expect(await (await drawer(dir)).ask(3)).toMatchObject({ granted: 3, left: 25 });
  await again.stop();
  await rm(dir.quotas);
  await control(after, { databaseUrl: url, dir });
  const last = await drawer(dir);
  await eventually(async () => expect(await last.left()).toBe(25));
});

test("without the database it goes on from what it knows, and writes that once it is back", {
  timeout: 60_000,
}, async () => {
  const { url, used } = await quotaDatabase();
  const relay = await cuttable(after, url);
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: relay.url, dir });
  const { ask } = await drawer(dir);
  await ask(10);
  await eventually(async () => expect(await used()).toBe(10));
  relay.cut();
  expect(await ask(25)).toMatchObject({ granted: 25, left: 5 });
  expect(await ask(10)).toMatchObject({ granted: 5, left: 0 });
  relay.mend();
  await eventually(async () => expect(await used()).toBe(40), 30_000);
});
