import fs from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "#lib/store/migrate.ts";
import { startTestDatabase, type TestDatabase } from "#tests/support/postgres.ts";
import { temporaryDir } from "./support.ts";

let database: TestDatabase;
let elsewhere: string;
beforeAll(async () => {
  database = await startTestDatabase();
  elsewhere = Object.assign(new URL(database.url), { pathname: "/migrate_test" }).href;
});
afterAll(async () => {
  await query(database.url, "DROP DATABASE IF EXISTS migrate_test WITH (FORCE)");
  await database.stop();
});

async function query(connectionString: string, sql: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

function migrations(files: Record<string, string>): string {
  const dir = temporaryDir();
  for (const [name, sql] of Object.entries(files)) {
    fs.mkdirSync(path.join(dir, name));
    fs.writeFileSync(path.join(dir, name, "migration.sql"), sql);
  }
  return dir;
}

test("a test database is migrated, and a second migration changes nothing", async () => {
  expect(await migrate(database.url)).toEqual({ applied: [], changed: [] });
  expect(await query(database.url, "SELECT count(*)::int AS pools FROM pool")).toEqual([{ pools: 0 }]);
});

test("two workers that start together create the database and apply each migration once", async () => {
  const results = await Promise.all([migrate(elsewhere), migrate(elsewhere)]);
  const applied = results.flatMap((result) => result.applied);
  const rows = await query(elsewhere, 'SELECT migration_name FROM "_prisma_migrations"');
  expect(applied.length).toBeGreaterThan(0);
  expect(rows.map((row) => row.migration_name)).toEqual(applied);
});

test("a migration that fails leaves no trace and is tried again at the next start", async () => {
  const faulty = { "1_a": "CREATE TABLE kept (id int)", "2_b": "CREATE TABLE half (id int); SELECT nonsense" };
  await expect(migrate(database.url, migrations(faulty))).rejects.toThrow(/2_b failed: .*nonsense/);
  expect(await query(database.url, "SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
  const mended = { ...faulty, "2_b": "CREATE TABLE half (id int)" };
  expect(await migrate(database.url, migrations(mended))).toEqual({ applied: ["2_b"], changed: [] });
});

test("names a migration whose file was changed after it was applied", async () => {
  const dir = migrations({ "1_a": "CREATE TABLE kept (id bigint)" });
  expect(await migrate(database.url, dir)).toEqual({ applied: [], changed: ["1_a"] });
});
