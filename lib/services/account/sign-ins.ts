// What the audit says of people who come and go, and of those who do not get in.
import type { Actor } from "#lib/contracts/access.ts";
import { endSessions } from "#lib/services/people/people.ts";
import { writeAudit } from "#lib/store/audit.ts";
import type { Db } from "#lib/store/db.ts";

type NewSession = { id: string; userId: string; ipAddress?: string | null | undefined };
/** Who tried, by what they typed, and from where. */
type Attempt = { email: string; address: string | null };

/** Throttled attempts of one address or account are told once in this time: whoever goes on must not fill the audit. */
const THROTTLE_TOLD_EVERY_MS = 600_000;
/** What was typed in place of an address may be a password. */
const EMAIL = /^[^\s@]{1,200}@[^\s@]{1,200}$/;
const NOT_KNOWN = "(not known)";
const NOT_AN_ADDRESS = "(not an e-mail address)";

/**
 * Somebody signed in. When that cannot be told, the session is ended before anybody knows its token, and this throws.
 * @param through how, when it was not with a password
 */
export async function recordSignIn(client: Db, { id, userId, ipAddress }: NewSession, through?: "oidc"): Promise<void> {
  try {
    const { email } = await client.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
    const actor = { kind: "user", id: userId, name: email, address: ipAddress || null } as const;
    const record = {
      action: "session.sign-in",
      targetKind: "user",
      targetId: userId,
      targetName: email,
      ...(through && { after: { through } }),
    };
    await client.$transaction((tx) => writeAudit(tx, actor, [record]));
  } catch (cause) {
    await client.session.deleteMany({ where: { id } });
    throw cause;
  }
}

/** Ends the session that somebody signs out of. */
export async function signOut(client: Db, actor: Actor & { sessionId: string }): Promise<void> {
  await client.$transaction(async (tx) => {
    if ((await endSessions(tx, { id: actor.sessionId })) === 0) return;
    const record = { action: "session.sign-out", targetKind: "user", targetId: actor.id, targetName: actor.name };
    await writeAudit(tx, actor, [record]);
  });
}

/** @param reason code of why: a wrong password, or an account that is deactivated */
export async function recordFailedSignIn(client: Db, attempt: Attempt, reason: string): Promise<void> {
  const record = { action: "session.sign-in-failed", ...(await targetOf(client, attempt)), after: { reason } };
  await client.$transaction((tx) => writeAudit(tx, anonymous(attempt), [record]));
}

/**
 * Somebody whom an identity provider did not vouch for, so that nobody knows who it was. Told once in a while for each address
 * and reason: whoever may begin as many sign-ins as they like must not fill the audit.
 */
export async function recordFailedIdentity(
  client: Db,
  address: string | null,
  reason: string,
  nowMs: number,
): Promise<void> {
  const action = "session.sign-in-failed";
  const after = { reason, through: "oidc" };
  const since = new Date(nowMs - THROTTLE_TOLD_EVERY_MS);
  const told = await client.audit.findFirst({
    where: { action, at: { gt: since }, targetName: NOT_KNOWN, address, after: { equals: after } },
    select: { id: true },
  });
  if (told) return;
  const actor = { kind: "anonymous", id: "", name: NOT_KNOWN, address } as const;
  const target = { targetKind: "user", targetId: null, targetName: NOT_KNOWN };
  await client.$transaction((tx) => writeAudit(tx, actor, [{ action, ...target, after }]));
}

export async function recordThrottled(client: Db, attempt: Attempt, nowMs: number): Promise<void> {
  const target = await targetOf(client, attempt);
  const told = await client.audit.findFirst({
    where: {
      action: "session.throttled",
      at: { gt: new Date(nowMs - THROTTLE_TOLD_EVERY_MS) },
      OR: [{ targetName: target.targetName }, ...(attempt.address === null ? [] : [{ address: attempt.address }])],
    },
    select: { id: true },
  });
  if (told) return;
  await client.$transaction((tx) => writeAudit(tx, anonymous(attempt), [{ action: "session.throttled", ...target }]));
}

const nameOf = ({ email }: Attempt): string => {
  const given = email.trim().toLowerCase();
  return EMAIL.test(given) ? given : NOT_AN_ADDRESS;
};

const anonymous = (attempt: Attempt) =>
  ({ kind: "anonymous", id: "", name: nameOf(attempt), address: attempt.address }) as const;

async function targetOf(client: Db, attempt: Attempt) {
  const name = nameOf(attempt);
  const user = await client.user.findUnique({ where: { email: name }, select: { id: true } });
  return { targetKind: "user", targetId: user?.id ?? null, targetName: name };
}
