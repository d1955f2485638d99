import type { Actor } from "#lib/contracts/access.ts";
import { AccountPatch, type Person } from "#lib/contracts/people.ts";
import { requirePerson } from "#lib/services/access.ts";
import { parse } from "#lib/services/parse.ts";
import { readPerson } from "#lib/services/people/list-people.ts";
import { findPerson } from "#lib/services/people/people.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";

/** One's own account. @throws {ServiceError} `people-only` */
export async function getAccount(actor: Actor): Promise<Person> {
  return readPerson(requirePerson(actor).id);
}

/** Changes one's own name; the role is others' business. @throws {ServiceError} `people-only` or `invalid-input` */
export async function updateAccount(actor: Actor, input: unknown): Promise<Person> {
  const { id } = requirePerson(actor);
  const { name } = parse(AccountPatch, input);
  await db().$transaction(async (tx) => {
    const before = await findPerson(tx, id);
    if (name === undefined || name === before.name) return;
    await tx.user.update({ where: { id }, data: { name } });
    await writeAudit(tx, actor, [
      {
        action: "user.update",
        targetKind: "user",
        targetId: id,
        targetName: before.email,
        before: { name: before.name },
        after: { name },
      },
    ]);
  });
  return readPerson(id);
}
