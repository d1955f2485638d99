// Whether a key is the one that the database's secrets are sealed with: a text sealed with it is kept there. Without it, a
// host with a key of its own would seal what no other host can open.
import { inDatabase } from "#lib/store/in-database.ts";
import { keyIdOf, SealError, type SecretKey } from "#lib/store/sealing.ts";

const OWNER = "secret-check";
const TEXT = "gemini-balance";
/** Two supervisors that start against one new database must agree on one key. */
const LOCK = 7_302_003;

/** The key does not open what is kept. */
export class WrongSecretKeyError extends Error {
  override name = "WrongSecretKeyError";
  constructor(where: string, sealedWith: string, key: SecretKey) {
    super(
      `GB_SECRET_KEY: does not open the secrets that ${where} holds: they are sealed with the key ${sealedWith}, ` +
        `this one is ${key.id}. Start with the key they were sealed with: in GB_SECRET_KEY, or as the file secret-key ` +
        "of the data directory. All hosts on one database need the same",
    );
  }
}

/** A text that only `key` opens. */
export const sealedCheck = (key: SecretKey): string => key.seal(TEXT, OWNER);

/** @throws {WrongSecretKeyError} unless `sealed` is a check of `key` @param where what holds it, for the message */
export function requireCheck(key: SecretKey, sealed: string, where: string): void {
  try {
    if (key.open(sealed, OWNER) === TEXT) return;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
  }
  throw new WrongSecretKeyError(where, keyIdOf(sealed), key);
}

/**
 * Compares the key with the database's, which takes it as its own when it has none yet. Run after the migrations.
 * @throws {WrongSecretKeyError}
 */
export async function requireSecretKey(databaseUrl: string, key: SecretKey): Promise<void> {
  await inDatabase(databaseUrl, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    const { rows } = await client.query<{ sealed: string }>("SELECT sealed FROM secret_check");
    if (rows[0]) requireCheck(key, rows[0].sealed, "the database");
    else await client.query("INSERT INTO secret_check (id, sealed) VALUES (1, $1)", [sealedCheck(key)]);
  });
}
