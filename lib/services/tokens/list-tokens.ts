import type { Actor, Token } from "#lib/contracts/access.ts";
import { Role } from "#lib/contracts/common.ts";
import { authorise } from "#lib/services/access.ts";
import { db } from "#lib/store/db.ts";
import type { ApiToken } from "#lib/store/generated/client.ts";

/** Every API token, without its secret, oldest first. */
export async function listTokens(actor: Actor): Promise<Token[]> {
  authorise(actor, "admin");
  const rows = await db().apiToken.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
  return rows.map(toToken);
}

export const toToken = (row: ApiToken): Token => ({
  id: row.id,
  name: row.name,
  role: Role.parse(row.role),
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  poolIds: row.poolIds.length > 0 ? row.poolIds : null,
});
