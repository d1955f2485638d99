import { type Actor, type NewToken, TokenInput } from "#lib/contracts/access.ts";
import type { Role } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { authorise } from "#lib/services/access.ts";
import { currentHead } from "#lib/services/head.ts";
import { invalidInput, parse } from "#lib/services/parse.ts";
import { toToken } from "#lib/services/tokens/list-tokens.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { BOOTSTRAP_TOKEN_NAME } from "#lib/store/bootstrap-access.ts";
import { db, type Tx } from "#lib/store/db.ts";
import { hashToken, newToken } from "#lib/store/secrets.ts";

/**
 * Makes an API token. Its secret is in this answer and nowhere else.
 * @throws {ServiceError} `invalid-input` or `duplicate-name`
 */
export async function createToken(actor: Actor, input: unknown): Promise<NewToken> {
  authorise(actor, "admin");
  const { name, role, expiresAt, poolIds } = parse(TokenInput, input);
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.now())
    throw invalidInput([{ path: ["expiresAt"], code: "custom", message: "must be in the future" }]);
  if (poolIds !== null) await requireLimit(role, poolIds);
  const token = newToken();
  const row = await db().$transaction(async (tx) => {
    await refuseTakenName(tx, name);
    const created = await tx.apiToken.create({
      data: { name, role, expiresAt, poolIds: poolIds ?? [], hash: hashToken(token) },
    });
    await writeAudit(tx, actor, [
      {
        action: "token.create",
        targetKind: "token",
        targetId: created.id,
        targetName: name,
        after: { role, expiresAt, poolIds },
      },
    ]);
    return created;
  });
  return { ...toToken(row), token };
}

/** An administrator's duties are of no pool; and a limit to a pool that is not there may be a slip. */
async function requireLimit(role: Role, poolIds: readonly string[]): Promise<void> {
  if (role === "admin")
    throw invalidInput([{ path: ["poolIds"], code: "limited-admin", message: "must be null for the role admin" }]);
  const known = new Set((await currentHead()).document.pools.map(({ id }) => id));
  const faults = poolIds.flatMap((id, at) =>
    known.has(id) ? [] : [{ path: ["poolIds", at], code: "unknown-pool", message: "is not a pool" }],
  );
  if (faults.length > 0) throw invalidInput(faults);
}

/** Names are compared without case; the bootstrap token's comes and goes with GB_API_TOKEN. */
async function refuseTakenName(tx: Tx, name: string): Promise<void> {
  const taken =
    name.toLowerCase() === BOOTSTRAP_TOKEN_NAME ||
    (await tx.apiToken.findFirst({ where: { name: { equals: name, mode: "insensitive" } } }));
  if (taken)
    throw new ServiceError("duplicate-name", `There is a token named ${name} already.`, {
      faults: [{ path: ["name"], code: "duplicate-name", message: "is taken" }],
    });
}
