import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { Id } from "#lib/contracts/common.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import { notify } from "#lib/store/notify.ts";

/** The token is refused from the next request on. @throws {ServiceError} `not-found` */
export async function revokeToken(actor: Actor, id: string): Promise<void> {
  authorise(actor, "admin");
  if (!Id.safeParse(id).success) throw notFound("token", id);
  await db().$transaction(async (tx) => {
    const row = await tx.apiToken.findUnique({ where: { id } });
    const { count } = await tx.apiToken.deleteMany({ where: { id } });
    if (!row || count === 0) throw notFound("token", id);
    await notify(tx, CHANNELS.access, id);
    await writeAudit(tx, actor, [
      {
        action: "token.delete",
        targetKind: "token",
        targetId: id,
        targetName: row.name,
        before: { role: row.role, expiresAt: row.expiresAt?.toISOString() ?? null },
      },
    ]);
  });
}
