// Measurements in their partitions: real PostgreSQL, explicit times.
import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { emptyCounts } from "#lib/core/counts.ts";
import type { RollUp } from "#lib/core/roll-up.ts";
import { openDatabase } from "#lib/store/control/database.ts";
import { expireMetrics, type RollUpResolution, readRollUps, writeRollUps } from "#lib/store/control/metrics.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { startTwoRoles } from "#tests/support/roles.ts";
import { cleanups, connected, POOL } from "./support.ts";

const after = cleanups();
afterEach(after.run);

const NOON = Date.UTC(2025, 5, 15, 12);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

async function rig() {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const span = (atMs: number): RollUp => ({
    ...{ scope: "pool", targetId: POOL, name: "", poolId: POOL, atMs, inFlightMax: 1, queuedMax: 2, connectionsMax: 3 },
    counts: { ...emptyCounts(), requests: 5, details: { hedges: 2, causes: { "status-503": 1 } } },
  });
  const write = (resolution: RollUpResolution, ...times: number[]) =>
    writeRollUps(db, "w1", resolution, times.map(span));
  const at = (ms: number) => new Date(ms).toISOString();
  const frame = (ms: number) => db.query("INSERT INTO metric_frame VALUES ('w1', $1, '{}')", [at(ms)]);
  const prepare = (ms: number) => db.query("SELECT metric_prepare_at($1)", [at(ms)]);
  const expire = async (ms: number) =>
    Number((await db.query("SELECT metric_expire_at($1) AS n", [at(ms)])).rows[0]?.n);
  /** Where the rows of a table lie, oldest first. */
  const places = async (table: string, where = "true") =>
    (await db.query(`SELECT tableoid::regclass::text AS place FROM ${table} WHERE ${where} ORDER BY at`)).rows.map(
      ({ place }) => place,
    );
  return { db, span, write, frame, prepare, expire, places };
}

test("what was measured is read as it was written, replaced when it is written again", async () => {
  const { db, span, write } = await rig();
  await write("10s", NOON);
  await write("10s", NOON);
  expect(await readRollUps(db, "w1", "10s", NOON, NOON + 1)).toEqual([span(NOON)]);
  expect(await readRollUps(db, "w1", "1m", NOON, NOON + 1)).toEqual([]);
});

test("what came before its partition was made is moved there, and nothing is lost", async () => {
  const { write, frame, prepare, places } = await rig();
  await write("10s", NOON, NOON + HOUR - 1, NOON + HOUR);
  await write("1m", NOON, NOON + 12 * HOUR);
  await write("1h", NOON, NOON + 20 * DAY);
  await frame(NOON);
  expect(new Set(await places("metric_rollup"))).toEqual(
    new Set(["metric_rollup_10s_default", "metric_rollup_1m_default", "metric_rollup_1h_default"]),
  );
  await prepare(NOON);
  expect(await places("metric_rollup", "resolution = '10s'")).toEqual([
    "metric_rollup_10s_202506151200",
    "metric_rollup_10s_202506151200",
    "metric_rollup_10s_202506151300",
  ]);
  expect(await places("metric_rollup", "resolution = '1m'")).toEqual([
    "metric_rollup_1m_202506150000",
    "metric_rollup_1m_202506160000",
  ]);
  expect(await places("metric_rollup", "resolution = '1h'")).toEqual([
    "metric_rollup_1h_202506010000",
    "metric_rollup_1h_202507010000",
  ]);
  expect(await places("metric_frame")).toEqual(["metric_frame_202506151200"]);
  await prepare(NOON);
});

test("a partition goes whole when its end is as old as what is kept, and not a millisecond sooner", async () => {
  const { db, write, frame, prepare, expire, places } = await rig();
  await write("10s", NOON);
  await write("1m", NOON);
  await write("5m", NOON + DAY);
  await write("1h", NOON);
  await write("1d", Date.UTC(2025, 6, 1));
  await frame(NOON);
  await prepare(NOON);
  const ends = [
    ["metric_frame", NOON + 10 * MINUTE + 10 * MINUTE],
    ["metric_rollup_10s", NOON + HOUR + 6 * HOUR],
    ["metric_rollup_1m", NOON + 12 * HOUR + 7 * DAY],
    ["metric_rollup_5m", NOON + 36 * HOUR + 7 * DAY],
    ["metric_rollup_1h", Date.UTC(2025, 6, 1) + 396 * DAY],
    ["metric_rollup_1d", Date.UTC(2025, 7, 1) + 396 * DAY],
  ] as const;
  for (const [table, goneMs] of ends) {
    await expire(goneMs - 1);
    expect([table, (await places(table)).length]).toEqual([table, 1]);
    await expire(goneMs);
    expect([table, await places(table)]).toEqual([table, []]);
  }
  await db.query("INSERT INTO retention (settings, updated_by) VALUES ('{\"metricSecondsMinutes\": 60}', 'x')");
  await frame(NOON);
  await prepare(NOON);
  await expire(NOON + 20 * MINUTE);
  expect(await places("metric_frame")).toHaveLength(1);
});

test("the product's role has partitions made and dropped, and can do neither itself", async () => {
  const roles = await startTwoRoles();
  after.add(() => roles.stop());
  const database = openDatabase(roles.productUrl);
  after.add(() => database.end());
  expect(await expireMetrics(database)).toBe(0);
  const [row] = await roles.owner(
    "SELECT count(*)::int AS n FROM pg_inherits WHERE inhparent = 'metric_frame'::regclass",
  );
  expect(row?.n).toBeGreaterThanOrEqual(3);
  for (const sql of [
    "DROP TABLE metric_frame_default",
    "SELECT metric_expire_at(now() + interval '10 years')",
    "SELECT metric_prepare_at(now() + interval '10 years')",
  ])
    await expect(roles.product(sql)).rejects.toThrow(pg.DatabaseError);
});
