import type { Conflict } from "#lib/contracts/publishing.ts";
import type { Clash } from "#lib/core/config/change-set/stage.ts";
import { type Db, readAll, type Tx } from "#lib/store/db.ts";
import { PUBLISHED } from "#lib/store/revisions.ts";

/** Conflicts, with who published the other side, as far as the audit knows. */
export async function withAuthors(client: Db | Tx, clashes: readonly Clash[]): Promise<Conflict[]> {
  if (clashes.length === 0) return [];
  const since = Math.min(...clashes.map(({ decidedOn }) => decidedOn));
  const [changes, rollBacks] = await readAll(client, [
    () =>
      client.audit.findMany({
        where: { targetId: { in: [...new Set(clashes.map(({ entityId }) => entityId))] }, revision: { gt: since } },
        orderBy: { id: "desc" },
        select: { targetId: true, actorName: true, revision: true },
      }),
    () =>
      client.revision.findMany({
        where: { ...PUBLISHED, number: { gt: since }, action: "revision.rollback" },
        orderBy: { number: "desc" },
        select: { number: true, author: true },
      }),
  ]);
  return clashes.map(({ decidedOn, ...clash }) => {
    const change = changes.find(({ targetId, revision }) => targetId === clash.entityId && (revision ?? 0) > decidedOn);
    const rollBack = rollBacks.find(({ number }) => number > decidedOn);
    // A roll-back changes what it likes, and is audited once as a whole.
    if (rollBack && rollBack.number > (change?.revision ?? 0))
      return { ...clash, by: { author: rollBack.author, revision: rollBack.number } };
    return { ...clash, by: change ? { author: change.actorName, revision: change.revision } : null };
  });
}
