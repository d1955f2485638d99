import type { PublishedConfig, SealedSecret } from "#lib/contracts/config.ts";
import { secretRefsOf } from "#lib/core/config/secrets.ts";
import { type Database, inTransaction, type Queryable } from "./database.ts";

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

/** Secrets of `$1` (null: all) that stand in no kept document: of a revision, a canary among them, or of a change set. */
const UNNAMED = `
  WITH named AS MATERIALIZED (
    SELECT DISTINCT lower(found[1]) AS id FROM (
      SELECT content::text AS text FROM config_part UNION ALL SELECT operations::text FROM change_set
    ) document, regexp_matches(text, '"secret": ?"([0-9a-fA-F-]{36})"', 'g') AS found
    WHERE text LIKE '%"secret"%'
  )
  SELECT id FROM secret WHERE ($1::uuid[] IS NULL OR id = ANY($1)) AND NOT EXISTS (SELECT FROM named WHERE named.id = secret.id::text)
  LIMIT $2`;

/**
 * Deletes at most `limit` secrets that nothing refers to. They are held first and looked for again afterwards: a publish or a
 * draft that is being saved with one has it held (and it is passed over), or waits and finds that it is gone.
 * @returns how many went
 */
export async function pruneSecrets(database: Database, limit: number): Promise<number> {
  const unnamed = async (db: Queryable, ids: string[] | null) =>
    (await db.query<{ id: string }>(UNNAMED, [ids, limit])).rows.map(({ id }) => id);
  const found = await unnamed(database, null);
  if (found.length === 0) return 0;
  return inTransaction(database, async (tx) => {
    const held = await tx.query<{ id: string }>(
      "SELECT id FROM secret WHERE id = ANY($1::uuid[]) FOR UPDATE SKIP LOCKED",
      [found],
    );
    const ids = await unnamed(
      tx,
      held.rows.map(({ id }) => id),
    );
    return (await tx.query("DELETE FROM secret WHERE id = ANY($1::uuid[])", [ids])).rowCount ?? 0;
  });
}

/** Changes with the key that everything is sealed with; null before the first start. */
export async function readSecretCheck(db: Queryable): Promise<string | null> {
  const { rows } = await db.query<{ sealed: string }>("SELECT sealed FROM secret_check");
  return rows[0]?.sealed ?? null;
}
