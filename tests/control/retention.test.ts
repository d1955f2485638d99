// What the clean-up removes and what it never does: real PostgreSQL, explicit times.
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CLEAN_UP_KINDS, type RetentionSettings } from "#lib/contracts/retention.ts";
import { type Database, openDatabase } from "#lib/store/control/database.ts";
import { ifNobodyCleans } from "#lib/store/control/retention.ts";
import { startTestDatabase, type TestDatabase } from "#tests/support/postgres.ts";
import { cleanUp } from "#workers/control/retention-keeper.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 28, 12);
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
  await database.query(
    "DELETE FROM canary; DELETE FROM change_set; DELETE FROM worker; DELETE FROM revision; DELETE FROM health_event; DELETE FROM alert; DELETE FROM clean_up",
  );
});

const settle = (settings: Partial<RetentionSettings>) =>
  database.query(
    "INSERT INTO retention (settings, updated_by) VALUES ($1, 'x') ON CONFLICT (id) DO UPDATE SET settings = EXCLUDED.settings",
    [JSON.stringify(settings)],
  );
const clean = (nowMs = NOW) => cleanUp(database, "w1", CLEAN_UP_KINDS, nowMs);
const numbers = async (sql: string) => (await database.query<{ n: number }>(sql)).rows.map(({ n }) => n);
const at = (ms: number) => new Date(ms).toISOString();
const revision = (number: number, publishedMs: number) =>
  database.query(
    "INSERT INTO revision (number, layout, author, change_count, published_at) VALUES ($1, '{}', 'x', 1, $2)",
    [number, at(publishedMs)],
  );
const kept = () => numbers("SELECT number AS n FROM revision ORDER BY number");

describe("revisions", () => {
  it("go when they are as old as set, to the millisecond, but never the newest so many", async () => {
    await settle({ revisionDays: 10, revisionsAtLeast: 2 });
    await revision(1, NOW - 10 * DAY - 1);
    await revision(2, NOW - 10 * DAY);
    await revision(3, NOW - 10 * DAY - 1);
    await revision(4, NOW - 10 * DAY - 1);
    await clean();
    expect(await kept()).toEqual([2, 3, 4]);
    await settle({ revisionDays: null });
    await clean(NOW + 1_000 * DAY);
    expect(await kept()).toEqual([2, 3, 4]);
  });

  it("that are in force, run by a worker, refused by one, in a running canary or under a draft are never removed", async () => {
    await settle({ revisionDays: 1, revisionsAtLeast: 1 });
    for (let number = 1; number <= 9; number++) await revision(number, NOW - 100 * DAY);
    await database.query(
      "INSERT INTO worker (id, host, started_at, heartbeat_at, revision, refused_revision) VALUES ('w', 'h', now(), now(), 2, 3)",
    );
    await database.query(
      "INSERT INTO canary (id, revision, base_revision, settings, started_by) VALUES (gen_random_uuid(), 8, 4, '{}', 'x')",
    );
    await database.query(
      "INSERT INTO change_set (id, name, author, base_revision, updated_at) VALUES (gen_random_uuid(), 'd', 'x', 5, now())",
    );
    await clean();
    expect(await kept()).toEqual([2, 3, 4, 5, 8, 9]);
  });

  it("in force are kept whatever the ages, settings and references", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        async (agesDays, revisionDays, revisionsAtLeast, run) => {
          await database.query("DELETE FROM worker; DELETE FROM revision");
          await settle({ revisionDays, revisionsAtLeast });
          for (const [index, age] of agesDays.entries()) await revision(index + 1, NOW - age * DAY);
          await database.query(
            "INSERT INTO worker (id, host, started_at, heartbeat_at, revision) VALUES ('w', 'h', now(), now(), $1)",
            [run],
          );
          await clean();
          const left = await kept();
          const all = agesDays.map((age, index) => ({ number: index + 1, age }));
          const expected = all.filter(
            ({ number, age }) => number > all.length - revisionsAtLeast || number === run || age <= revisionDays,
          );
          expect(left).toEqual(expected.map(({ number }) => number));
          expect(left).toContain(all.length);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("a clean-up", () => {
  it("removes old health events, and alerts that ended, but none that fires", async () => {
    await settle({ healthEventDays: 7, alertDays: 7 });
    await database.query(
      "INSERT INTO health_event (at, node_id, worker_id, fact, \"from\", \"to\", reason) SELECT $1::timestamptz + n * interval '1 ms', gen_random_uuid(), 'w', 'health', 'a', 'b', 'r' FROM generate_series(-6000, 0) n",
      [at(NOW - 7 * DAY)],
    );
    const alert =
      "INSERT INTO alert (id, rule, level, fingerprint, state, pool_name, node_name, reason, consecutive_failures, fired_at, resolved_at) VALUES (gen_random_uuid(), 'r', 1, $1, $2, 'p', $1, 'x', 1, $3, $4)";
    await database.query(alert, ["ended", "resolved", at(NOW - 30 * DAY), at(NOW - 7 * DAY - 1)]);
    await database.query(alert, ["ended later", "resolved", at(NOW - 30 * DAY), at(NOW - 7 * DAY)]);
    await database.query(alert, ["fires", "firing", at(NOW - 30 * DAY), null]);
    await clean();
    expect(await numbers("SELECT count(*)::int AS n FROM health_event")).toEqual([1]);
    expect(
      (await database.query("SELECT fingerprint FROM alert ORDER BY 1")).rows.map((row) => row.fingerprint),
    ).toEqual(["ended later", "fires"]);
    const { rows } = await database.query(
      "SELECT removed::int, error, worked_at FROM clean_up WHERE kind = 'health-events'",
    );
    expect(rows).toEqual([{ removed: 6_000, error: null, worked_at: new Date(NOW) }]);
  });

  it("of one kind that fails says so, and the others are cleaned all the same", async () => {
    await settle({ healthEventDays: 1, revisionDays: 1 });
    await database.query("ALTER TABLE health_event RENAME TO hidden");
    await expect(clean()).rejects.toThrow(/health_event/);
    await database.query("ALTER TABLE hidden RENAME TO health_event");
    const { rows } = await database.query("SELECT kind, error IS NULL AS ok FROM clean_up ORDER BY kind");
    expect(rows).toEqual(CLEAN_UP_KINDS.toSorted().map((kind) => ({ kind, ok: kind !== "health-events" })));
    await clean(NOW + 1_000);
    const [again] = (await database.query("SELECT error, worked_at FROM clean_up WHERE kind = 'health-events'")).rows;
    expect(again).toEqual({ error: null, worked_at: new Date(NOW + 1_000) });
  });

  it("is one worker's at a time, and free again after a death", async () => {
    const other = new pg.Client({ connectionString: test.url });
    other.on("error", () => {});
    await other.connect();
    await other.query("SELECT pg_advisory_lock(7302012)");
    expect(await clean()).toBe(false);
    await other.end();
    await expect.poll(() => clean()).toBe(true);
    await expect(ifNobodyCleans(database, () => Promise.reject(new Error("mid-way")))).rejects.toThrow("mid-way");
    expect(await clean()).toBe(true);
  });
});
