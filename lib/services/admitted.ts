import { Id } from "#lib/contracts/common.ts";
import { db } from "#lib/store/db.ts";

/** Those of the given ids, of people, sessions and tokens, that may get in now. */
export async function readAdmitted(ids: readonly string[]): Promise<Set<string>> {
  const now = new Date();
  const wanted = { in: [...new Set(ids)] };
  const unexpired = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  const select = { id: true } as const;
  const found = await Promise.all([
    db().user.findMany({ where: { id: wanted, deactivatedAt: null }, select }),
    db().session.findMany({ where: { id: wanted, expiresAt: { gt: now } }, select }),
    db().apiToken.findMany({ where: { id: { in: wanted.in.filter(isUuid) }, ...unexpired }, select }),
  ]);
  return new Set(found.flat().map(({ id }) => id));
}

const isUuid = (id: string): boolean => Id.safeParse(id).success;
