// An installation from before the two roles and the audit's months, and its first start with this version.
import fs from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { dataDir } from "#lib/store/data-dir.ts";
import { migrate } from "#lib/store/migrate.ts";
import { type EmbeddedPostgres, embeddedDatabaseUrl, embeddedPostgres } from "#workers/supervisor/postgres/managed.ts";
import { prepareSchema } from "#workers/supervisor/schema.ts";
import { temporaryDir } from "./support.ts";

const running: EmbeddedPostgres[] = [];
afterEach(() => Promise.all(running.splice(0).map(({ process }) => process.stop())));

async function start(root: string) {
  const embedded = await embeddedPostgres(dataDir(root), () => {});
  running.push(embedded);
  await embedded.process.start();
  return embedded;
}

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The migrations of before. */
function oldMigrations(): string {
  const all = path.resolve(import.meta.dirname, "../../prisma/migrations");
  const dir = temporaryDir();
  for (const name of fs.readdirSync(all)) {
    if (/^\d{14}_/.test(name) && name < "20261128040000")
      fs.cpSync(path.join(all, name), path.join(dir, name), { recursive: true });
  }
  return dir;
}

test("an old cluster is upgraded by itself: every entry in its month, the numbers go on, and the product may not rewrite", async () => {
  const root = temporaryDir();
  const before = await start(root);
  await migrate(before.urls.owner(), oldMigrations());
  fs.rmSync(dataDir(root).postgresProductPassword, { force: true });
  await query(
    before.urls.owner(),
    `INSERT INTO audit (at, actor_kind, actor_id, actor_name, action, target_kind, target_id)
     SELECT '2026-08-31T23:30:00Z'::timestamptz + n * interval '1 day', CASE WHEN n % 2 = 0 THEN 'token' ELSE 'user' END, 'a' || n, 'A' || n,
       'pool.update', 'pool', 'p' || n FROM generate_series(0, 59) n`,
  );
  const columns = "id, at, actor_kind, actor_id, actor_name, action, target_id";
  const written = await query(before.urls.owner(), `SELECT ${columns} FROM audit ORDER BY id`);
  expect(embeddedDatabaseUrl(dataDir(root))).toContain("postgres:");
  await before.process.stop();

  const after = await start(root);
  await prepareSchema(after.urls);
  const asProduct = (sql: string) => query(after.urls.product(), sql);
  expect(await asProduct(`SELECT ${columns} FROM audit ORDER BY id`)).toEqual(written);
  expect(
    await query(
      after.urls.owner(),
      "SELECT tableoid::regclass::text AS part, count(*)::int AS n FROM audit GROUP BY 1 ORDER BY 1",
    ),
  ).toEqual([
    { part: "audit_2026_08", n: 1 },
    { part: "audit_2026_09", n: 30 },
    { part: "audit_2026_10", n: 29 },
  ]);
  expect(await asProduct("SELECT token_id, token_name, pool_id FROM audit ORDER BY id LIMIT 2")).toEqual([
    { token_id: "a0", token_name: "A0", pool_id: "p0" },
    { token_id: null, token_name: null, pool_id: "p1" },
  ]);
  const [next] = await asProduct(
    "INSERT INTO audit (actor_kind, actor_id, actor_name, action, target_kind) VALUES ('user', 'x', 'x', 'x', 'x') RETURNING id::int",
  );
  expect(next).toEqual({ id: 61 });
  await expect(asProduct("DELETE FROM audit")).rejects.toMatchObject({ code: "42501" });
  expect(fs.statSync(dataDir(root).postgresProductPassword).mode & 0o777).toBe(0o600);
  expect(embeddedDatabaseUrl(dataDir(root))).toContain("gb_product:");
  expect((await prepareSchema(after.urls)).applied).toEqual([]);
});

test("a password of the product's role that was lost is made anew", async () => {
  const root = temporaryDir();
  const first = await start(root);
  await prepareSchema(first.urls);
  await first.process.stop();
  fs.rmSync(dataDir(root).postgresProductPassword);
  const again = await start(root);
  await prepareSchema(again.urls);
  expect(await query(again.urls.product(), "SELECT current_user AS name")).toEqual([{ name: "gb_product" }]);
});
