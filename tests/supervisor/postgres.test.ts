import fs from "node:fs";
import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { dataDir } from "#lib/store/data-dir.ts";
import { migrate } from "#lib/store/migrate.ts";
import { endLeftovers } from "#workers/supervisor/leftovers.ts";
import { type EmbeddedPostgres, embeddedPostgres } from "#workers/supervisor/postgres/managed.ts";
import { isAlive, temporaryDir } from "./support.ts";

const running: EmbeddedPostgres[] = [];
afterEach(() => Promise.all(running.splice(0).map(({ process }) => process.stop())));

async function start(root = temporaryDir()) {
  const dir = dataDir(root);
  const embedded = await embeddedPostgres(dir, () => {});
  running.push(embedded);
  await embedded.process.start();
  return { dir, embedded };
}

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("asks everyone for the generated password, which only its owner can read", async () => {
  const { dir, embedded } = await start();
  const url = new URL(embedded.urls.owner());
  url.pathname = "/postgres";
  expect(await query(url.href, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  url.password = "guess";
  await expect(query(url.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
  expect(fs.statSync(dir.postgresPassword).mode & 0o777).toBe(0o600);
  expect(fs.statSync(dir.postgres).mode & 0o777).toBe(0o700);
});

test("comes back by itself after kill -9, on the same port, with every committed row", async () => {
  const { embedded } = await start();
  const url = embedded.urls.owner();
  await migrate(url);
  await query(url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
  process.kill(embedded.process.pid as number, "SIGKILL");
  const rows = await vi.waitFor(() => query(url, "SELECT count(*)::int AS n FROM kept"), {
    timeout: 20_000,
    interval: 50,
  });
  expect(rows).toEqual([{ n: 1000 }]);
  expect(embedded.urls.owner()).toBe(url);
});

test("a second start uses the same cluster, password and port", async () => {
  const { dir, embedded } = await start();
  const url = embedded.urls.owner();
  await migrate(url);
  await embedded.process.stop();
  const again = await start(dir.root);
  expect(again.embedded.urls.owner()).toBe(url);
  expect((await migrate(url)).applied).toEqual([]);
});

test("a PostgreSQL left by a killed supervisor is ended before the next one starts", async () => {
  const { dir, embedded } = await start();
  const orphan = embedded.process.pid as number;
  await Promise.all([endLeftovers(dir, []), vi.waitFor(() => expect(isAlive(orphan)).toBe(false), 10_000)]);
});

test("an initdb that was killed halfway is done again", async () => {
  const root = temporaryDir();
  fs.mkdirSync(`${dataDir(root).postgres}.new/base`, { recursive: true });
  fs.writeFileSync(`${dataDir(root).postgres}.new/PG_VERSION`, "18\n");
  const { embedded } = await start(root);
  expect((await migrate(embedded.urls.owner())).applied.length).toBeGreaterThan(0);
});
