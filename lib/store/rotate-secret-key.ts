// Another key for everything that is sealed: when somebody may have seen the old one. All or nothing, in one transaction.
import type pg from "pg";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { certificateOwner } from "#lib/store/certificates/owner.ts";
import { auditSystem, inDatabase } from "#lib/store/in-database.ts";
import { channelOwner } from "#lib/store/notification-owner.ts";
import type { SecretKey } from "#lib/store/sealing.ts";
import { secretOwner } from "#lib/store/secret-book.ts";
import { requireCheck, sealedCheck } from "#lib/store/secret-check.ts";

/** Every column that holds sealed text, and what the text belongs to. A column that is not here is lost by a rotation. */
const SEALED_COLUMNS = [
  { table: "certificate", column: "sealed_key", more: "NULL", owner: (id: string) => certificateOwner(id) },
  { table: "notification_channel", column: "sealed_target", more: "NULL", owner: (id: string) => channelOwner(id) },
  { table: "secret", column: "sealed", more: "owner_id", owner: secretOwner },
] as const;
const ACTOR = { id: "rotate-secret-key", name: "npm run rotate-secret-key" };

/**
 * Seals with `to` what was sealed with `from`, and tells the workers.
 * @returns how many secrets there were
 * @throws {WrongSecretKeyError} when `from` is not the database's key; {SealError} when one does not open: nothing is changed
 */
export function rotateSecretKey(databaseUrl: string, from: SecretKey, to: SecretKey): Promise<number> {
  return inDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ sealed: string }>("SELECT sealed FROM secret_check FOR UPDATE");
    if (rows[0]) requireCheck(from, rows[0].sealed, "the database");
    let count = 0;
    for (const column of SEALED_COLUMNS) count += await reseal(client, column, from, to);
    await client.query("UPDATE secret_check SET sealed = $1", [sealedCheck(to)]);
    await auditSystem(client, ACTOR, "secret-key.rotate", { kind: "secret-key", name: to.id }, { secrets: count });
    await client.query("SELECT pg_notify($1, '')", [CHANNELS.certificates]);
    return count;
  });
}

async function reseal(
  client: pg.Client,
  { table, column, more, owner }: (typeof SEALED_COLUMNS)[number],
  from: SecretKey,
  to: SecretKey,
): Promise<number> {
  const { rows } = await client.query<{ id: string; sealed: string; more: string }>(
    `SELECT id, "${column}" AS sealed, ${more} AS more FROM "${table}" FOR UPDATE`,
  );
  for (const row of rows) {
    const bound = owner(row.id, row.more);
    const sealed = to.seal(from.open(row.sealed, bound), bound);
    await client.query(`UPDATE "${table}" SET "${column}" = $1 WHERE id = $2`, [sealed, row.id]);
  }
  return rows.length;
}
