import { hashPassword, verifyPassword } from "better-auth/crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { PasswordInput } from "#lib/contracts/people.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { requirePerson } from "#lib/services/access.ts";
import { recordThrottled } from "#lib/services/account/sign-ins.ts";
import { parse } from "#lib/services/parse.ts";
import { endSessions } from "#lib/services/people/people.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import { returnAttempt, takeAttempt } from "#lib/store/password-attempts.ts";

/**
 * Changes one's own password and ends every other session. The present password is asked for, and may be guessed at no
 * faster than by signing in: whoever finds an open browser does not get the account.
 * @throws {ServiceError} `people-only`, `invalid-input`, `too-many-requests` or `wrong-password`
 */
export async function changePassword(actor: Actor, input: unknown): Promise<void> {
  const { id, sessionId } = requirePerson(actor);
  const { currentPassword, newPassword } = parse(PasswordInput, input);
  const attempt = { email: actor.name, address: actor.address };
  const retryAfterMs = await takeAttempt(db(), attempt, Date.now());
  if (retryAfterMs !== null) {
    await recordThrottled(db(), attempt, Date.now());
    throw tooManyAttempts(retryAfterMs);
  }
  const account = await db().account.findFirst({ where: { userId: id, providerId: "credential" } });
  if (!account?.password || !(await verifyPassword({ hash: account.password, password: currentPassword }))) {
    await tellWrongPassword(actor, id);
    throw new ServiceError("wrong-password", "The present password is not right.", {
      faults: [{ path: ["currentPassword"], code: "wrong-password", message: "is not right" }],
    });
  }
  await returnAttempt(db(), attempt);
  const password = await hashPassword(newPassword);
  await db().$transaction(async (tx) => {
    await tx.account.update({ where: { id: account.id }, data: { password } });
    const sessionsEnded = await endSessions(tx, { userId: id, id: { not: sessionId } });
    await writeAudit(tx, actor, [
      {
        action: "user.change-password",
        targetKind: "user",
        targetId: id,
        targetName: actor.name,
        after: { sessionsEnded },
      },
    ]);
  });
}

/** Somebody at an open browser who guesses is somebody to know of; the throttle bounds how often this is written. */
async function tellWrongPassword(actor: Actor, id: string): Promise<void> {
  const record = { action: "user.change-password-failed", targetKind: "user", targetId: id, targetName: actor.name };
  await db().$transaction((tx) => writeAudit(tx, actor, [record]));
}

/** @param retryAfterMs time until the next attempt */
export function tooManyAttempts(retryAfterMs: number): ServiceError {
  const seconds = Math.ceil(retryAfterMs / 1_000);
  return new ServiceError("too-many-requests", `Too many passwords were tried. Try again in ${seconds} s.`, {
    retryAfterMs,
  });
}
