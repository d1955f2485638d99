import type { PublishedConfig, SealedSecret } from "#lib/contracts/config.ts";
import { secretRefsOf } from "#lib/core/config/secrets.ts";
import type { Queryable } from "./database.ts";

/** The configuration as it is pushed: with what its references and its canary's lead to, sealed. */
export async function withSecrets(db: Queryable, config: PublishedConfig): Promise<PublishedConfig> {
  const documents = [config.document, ...(config.canary ? [config.canary.document] : [])];
  const ids = [...new Set(documents.flatMap((document) => secretRefsOf(document).map(({ id }) => id)))];
  if (ids.length === 0) return config;
  const { rows } = await db.query<SealedSecret>(
    'SELECT id, owner_id AS "ownerId", sealed FROM secret WHERE id = ANY($1::uuid[]) ORDER BY id',
    [ids],
  );
  return { ...config, secrets: rows };
}

/** Changes with the key that everything is sealed with; null before the first start. */
export async function readSecretCheck(db: Queryable): Promise<string | null> {
  const { rows } = await db.query<{ sealed: string }>("SELECT sealed FROM secret_check");
  return rows[0]?.sealed ?? null;
}
