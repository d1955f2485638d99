// Applies prisma/migrations at start-up, without Prisma's CLI and its downloaded engine. The bookkeeping is that of
// `prisma migrate deploy` (table, sha-256 checksums, advisory lock), so either may be used after the other. Unlike it,
// each migration and its bookkeeping are one transaction: a crash in between leaves nothing to resolve by hand.
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import pg from "pg";

const MIGRATIONS = path.resolve(import.meta.dirname, "../../prisma/migrations");
/** Prisma's own lock: a worker elsewhere, or a person with the CLI, waits for us and we for them. */
const PRISMA_LOCK = 72_707_369;
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

export type Migrated = {
  /** Names of the migrations applied now, in order. */
  applied: string[];
  /** Migrations whose file differs from what was applied once: the database is not what the file says. */
  changed: string[];
};

/**
 * Creates the database of `url` when it is missing and brings its schema up to date.
 * @throws the driver's error when the database cannot be reached or a migration fails (which then leaves no trace).
 */
export async function migrate(url: string, directory = MIGRATIONS): Promise<Migrated> {
  const client = await connectCreating(url);
  try {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
    await client.query(TABLE);
    const known = await appliedChecksums(client);
    const result: Migrated = { applied: [], changed: [] };
    for (const { name, sql, checksum } of readMigrations(directory)) {
      const before = known.get(name);
      if (before === undefined) {
        await apply(client, name, sql, checksum);
        result.applied.push(name);
      } else if (before !== checksum) result.changed.push(name);
    }
    return result;
  } finally {
    await client.end();
  }
}

function readMigrations(directory: string) {
  const names = fs.readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .map(({ name }) => {
      const sql = fs.readFileSync(path.join(directory, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function appliedChecksums(client: pg.Client): Promise<Map<string, string>> {
  type Row = { migration_name: string; checksum: string; finished_at: Date | null };
  const { rows } = await client.query<Row>(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
  );
  const failed = rows.find((row) => row.finished_at === null);
  if (failed)
    throw new Error(`Migration ${failed.migration_name} failed under Prisma's CLI: see "prisma migrate resolve"`);
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

async function apply(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw new Error(`Migration ${name} failed: ${(cause as Error).message}`, { cause });
  }
}

const UNKNOWN_DATABASE = "3D000";
const DUPLICATE_DATABASE = ["42P04", "23505"];

async function connectCreating(url: string): Promise<pg.Client> {
  try {
    return await connect(url);
  } catch (error) {
    if ((error as { code?: string }).code !== UNKNOWN_DATABASE) throw error;
  }
  const target = new URL(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  target.pathname = "/postgres";
  const admin = await connect(target.href);
  try {
    await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // Another worker that starts now may have been quicker.
    if (!DUPLICATE_DATABASE.includes((error as { code?: string }).code ?? "")) throw error;
  } finally {
    await admin.end();
  }
  return connect(url);
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  // A server that goes away between two queries must not end the process: the next query fails then.
  client.on("error", () => {});
  await client.connect();
  return client;
}
