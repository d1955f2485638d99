import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { TEMPLATE } from "./postgres-server.ts";

export type TestDatabase = { url: string; stop(): Promise<void> };

/**
 * A fresh, migrated, empty database on this run's PostgreSQL, with the owner's rights; test files that run side by side
 * do not meet. Projects that use it name tests/support/postgres-server.ts as globalSetup in vitest.config.ts.
 */
export async function startTestDatabase(): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `t_${randomBytes(6).toString("hex")}`;
  await run(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return {
    url: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    stop: () => run(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function run(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
