// Spans made of shorter spans: real PostgreSQL, explicit times.
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rollUpFrames } from "#lib/core/roll-up.ts";
import { writeFrame, writeRollUps } from "#lib/store/control/metrics.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { RollUps } from "#workers/control/roll-ups.ts";
import { cleanups, connected, frame } from "./support.ts";

const after = cleanups();
let db: pg.Client;
beforeEach(async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  db = await connected(after, database.url);
});
afterEach(after.run);

const DAY = Date.UTC(2026, 10, 28);
const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
/** A span of ten seconds is computed when it has been over for so long. */
const SETTLE = 1_500;

const rig = () => {
  const rollUps = new RollUps("w1");
  return {
    rollUps,
    measure: async (endMs: number, requests: number) => {
      await writeFrame(db, "w1", frame(endMs, requests));
      rollUps.frameStored(endMs);
    },
  };
};
/** Requests of the pool by resolution. */
const stored = async () => {
  const { rows } = await db.query(
    "SELECT resolution, sum(requests)::int AS requests FROM metric_rollup WHERE scope = 'pool' GROUP BY 1",
  );
  return Object.fromEntries(rows.map(({ resolution, requests }) => [resolution, requests]));
};

test("five minutes and their hour are told when a minute is over, the day when an hour is", async () => {
  const { rollUps, measure } = rig();
  const hour = DAY + 10 * HOUR;
  await measure(hour + 10 * SECOND, 5);
  await rollUps.run(db, hour + 10 * SECOND + SETTLE - 1);
  expect(await stored()).toEqual({});
  await rollUps.run(db, hour + 10 * SECOND + SETTLE);
  expect(await stored()).toEqual({ "10s": 5, "1m": 5 });
  await measure(hour + MINUTE, 2);
  await rollUps.run(db, hour + MINUTE + SETTLE);
  expect(await stored()).toEqual({ "10s": 7, "1m": 7, "5m": 7, "1h": 7 });
  await measure(hour + HOUR, 3);
  await rollUps.run(db, hour + HOUR + SETTLE);
  expect(await stored()).toEqual({ "10s": 10, "1m": 10, "5m": 10, "1h": 10, "1d": 10 });
  const { rows } = await db.query("SELECT at FROM metric_rollup WHERE resolution = '1d' AND scope = 'pool'");
  expect(rows.map(({ at }) => at.getTime())).toEqual([DAY]);
});

test("an hour of which an earlier version stored minutes only keeps what was counted in it", async () => {
  const hour = DAY + 10 * HOUR;
  const early = rollUpFrames([frame(hour + 5 * SECOND, 40)], "10s");
  for (const resolution of ["10s", "1m", "1h"] as const) {
    const rows = early.map((row) => ({ ...row, atMs: hour }));
    await writeRollUps(db, "w1", resolution, rows);
  }
  const { rollUps, measure } = rig();
  const nowMs = hour + 8 * MINUTE;
  await rollUps.resume(db, nowMs);
  await measure(nowMs, 2);
  await rollUps.run(db, nowMs + SETTLE);
  expect(await stored()).toEqual({ "10s": 42, "1m": 42, "5m": 42, "1h": 42 });
});
