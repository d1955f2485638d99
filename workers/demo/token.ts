// The demo's identity. Whoever may read the data directory owns this installation already, so the demo makes itself a
// short-lived token there instead of asking a newcomer to; elsewhere GB_API_TOKEN says who it is.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { Environment } from "#lib/contracts/env.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { auditSystem, inDatabase } from "#lib/store/in-database.ts";
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

const audit = (client: pg.Client, action: string) =>
  auditSystem(client, { id: "demo", name: "npm run demo" }, action, { kind: "token", name: NAME });
