// The demo's identity. Whoever may read the data directory owns this installation already, so the demo makes itself a
// short-lived token there instead of asking a newcomer to; elsewhere GB_API_TOKEN says who it is.
import { randomUUID } from "node:crypto";
import pg from "pg";
import type { Environment } from "#lib/contracts/env.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { hashToken, newToken } from "#lib/store/secrets.ts";
import { embeddedDatabaseUrl } from "../supervisor/postgres/managed.ts";

const NAME = "demo";

export type DemoToken = { token: string; revoke: () => Promise<void> };

/**
 * A token that may publish: GB_API_TOKEN, or a new one in the database of the data directory that ends in a day.
 * @throws {Error} when there is neither.
 */
export async function demoToken(env: Environment): Promise<DemoToken> {
  if (env.GB_API_TOKEN) return { token: env.GB_API_TOKEN, revoke: async () => {} };
  const url = env.DATABASE_URL ?? embeddedDatabaseUrl(dataDir(env.GB_DATA_DIR));
  if (!url)
    throw new Error(
      `No running product keeps its data in ${env.GB_DATA_DIR}. Start it with npm start, or set GB_API_TOKEN.`,
    );
  const token = newToken();
  await inDatabase(url, async (client) => {
    await client.query("DELETE FROM api_token WHERE name = $1", [NAME]);
    await client.query(
      "INSERT INTO api_token (id, name, role, hash, expires_at) VALUES ($1, $2, 'publisher', $3, now() + interval '1 day')",
      [randomUUID(), NAME, hashToken(token)],
    );
    await audit(client, "token.create");
  });
  return {
    token,
    revoke: () =>
      inDatabase(url, async (client) => {
        await client.query("DELETE FROM api_token WHERE hash = $1", [hashToken(token)]);
        await audit(client, "token.delete");
      }),
  };
}

async function inDatabase(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // the query that is under way says it too
  await client.connect();
  try {
    await client.query("BEGIN");
    await use(client);
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}

const audit = (client: pg.Client, action: string) =>
  client.query(
    `INSERT INTO audit (actor_kind, actor_id, actor_name, action, target_kind, target_name)
     VALUES ('system', 'demo', 'npm run demo', $1, 'token', $2)`,
    [action, NAME],
  );
