import { beforeAll, describe, expect, it } from "vitest";
import { LedgerEntry } from "#lib/contracts/ledger.ts";
import type { LedgerNews } from "#lib/core/ledger/book.ts";
import { openDatabase } from "#lib/store/control/database.ts";
import { pruneLedger, writeLedger } from "#lib/store/control/ledger.ts";
import { db } from "#lib/store/db.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();
let pool: { id: string };
let node: { id: string; name: string };
let gone: string;
const NOW = Date.now();
beforeAll(async () => {
  pool = await makePool();
  node = await makeNode(pool.id);
  gone = crypto.randomUUID();
  const database = openDatabase(process.env.DATABASE_URL as string);
  const alive = { host: "h", startedAt: new Date(), heartbeatAt: new Date() };
  await db().worker.createMany({
    data: [
      { id: "w1", ...alive },
      { id: "w2", ...alive },
    ],
  });
  const news = (changes: Partial<LedgerNews>): LedgerNews => ({
    atMs: NOW,
    poolId: pool.id,
    nodeId: node.id,
    cause: "ejection",
    detail: "status-503",
    byNodeId: null,
    shareBefore: 0.5,
    shareAfter: 0,
    ...changes,
  });
  for (const worker of ["w2", "w1"])
    await writeLedger(database, worker, 3, [
      news({ atMs: NOW - 2_000, cause: "publish", detail: "" }),
      news({ atMs: NOW - 1_000, nodeId: gone, byNodeId: node.id, cause: "ejection" }),
    ]);
  await database.end();
});

const listed = async (query: string) =>
  (await api("GET", `/ledger?${query}`, { as: "viewer" })).body.items.map((item: unknown) => LedgerEntry.parse(item));

describe("the ledger", () => {
  it("has what every worker sees once, and what a worker found by itself from each", async () => {
    const all = await listed("");
    expect(all.map(({ cause, workerId }: LedgerEntry) => `${cause} ${workerId}`)).toEqual([
      "ejection w1",
      "publish w1",
      "ejection w2",
    ]);
    expect(all[0]).toMatchObject({
      nodeName: null,
      byNodeName: node.name,
      revision: 3,
      shareBefore: 0.5,
      shareAfter: 0,
    });
  });

  it("is filtered by node, cause and time, in pages", async () => {
    expect(await listed(`nodeId=${node.id}`)).toHaveLength(1);
    expect(await listed(`cause=ejection&poolId=${pool.id}`)).toHaveLength(2);
    expect(await listed(`to=${new Date(NOW - 1_500).toISOString()}`)).toHaveLength(1);
    const { body } = await api("GET", "/ledger?limit=1");
    expect(await listed(`limit=1&cursor=${body.nextCursor}`)).toHaveLength(1);
    expect((await api("GET", "/ledger?cause=weather")).body.code).toBe("invalid-input");
  });

  it("goes when it is as old as set, to the millisecond", async () => {
    const database = openDatabase(process.env.DATABASE_URL as string);
    expect(await pruneLedger(database, NOW - 2_000, 10)).toBe(0);
    expect(await pruneLedger(database, NOW - 1_999, 10)).toBe(1);
    await database.end();
  });
});
