import type { Tx } from "#lib/store/db.ts";
import { requireCheck } from "#lib/store/secret-check.ts";
import { processSecretKey } from "#lib/store/secret-key.ts";

/**
 * The key may have been rotated since this process was given its own: what that seals now, nobody could open.
 * @throws {WrongSecretKeyError}
 */
export async function requireOwnKey(tx: Tx): Promise<void> {
  // Taken by a rotation until it is over: whoever seals comes before it and is sealed anew, or after it and is told.
  const rows = await tx.$queryRaw<{ sealed: string }[]>`SELECT sealed FROM secret_check FOR SHARE`;
  if (rows[0]) requireCheck(processSecretKey(), rows[0].sealed, "the database");
}
