// What the services about people share.
import { CHANNELS } from "#lib/contracts/bus.ts";
import { Role } from "#lib/contracts/common.ts";
import { type Person, SignInWay } from "#lib/contracts/people.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { notFound } from "#lib/services/head.ts";
import type { Tx } from "#lib/store/db.ts";
import type { Prisma, User } from "#lib/store/generated/client.ts";
import { notify } from "#lib/store/notify.ts";

/** Two admins who remove each other take turns, or nobody would be left. */
const LOCK = 7_302_005;
/** A notification has at most 8,000 bytes. */
const IDS_A_NOTIFICATION = 100;

export async function lockPeople(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
}

/** @throws {ServiceError} `not-found`, also for what is no id at all */
export async function findPerson(tx: Tx, id: string): Promise<User> {
  const user = await tx.user.findUnique({ where: { id } });
  if (!user) throw notFound("person", id);
  return user;
}

/** @throws {ServiceError} `last-admin` when nobody else could manage people. Call it under `lockPeople`. */
export async function requireAnotherAdmin(tx: Tx, { id, email, role, deactivatedAt }: User): Promise<void> {
  if (role !== "admin" || deactivatedAt !== null) return;
  const others = await tx.user.count({ where: { role: "admin", deactivatedAt: null, id: { not: id } } });
  if (others > 0) return;
  throw new ServiceError("last-admin", `${email} is the last active administrator. Make somebody else one first.`);
}

/** Ends sessions, and the live streams opened in them. @returns how many */
export async function endSessions(tx: Tx, where: Prisma.SessionWhereInput): Promise<number> {
  const sessions = await tx.session.findMany({ where, select: { id: true } });
  const ids = sessions.map(({ id }) => id);
  await tx.session.deleteMany({ where: { id: { in: ids } } });
  for (let at = 0; at < ids.length; at += IDS_A_NOTIFICATION)
    await notify(tx, CHANNELS.access, ids.slice(at, at + IDS_A_NOTIFICATION).join(","));
  return ids.length;
}

type Shown = User & { accounts: readonly { providerId: string }[] };

/** By the name of the provider that better-auth keeps with an account. */
const PROVIDERS: Readonly<Record<SignInWay, string>> = { password: "credential", oidc: "oidc" };
/** What `toPerson` needs of accounts. */
export const WITH_ACCOUNTS = { accounts: { select: { providerId: true } } } as const;

export const toPerson = (user: Shown, sessions: number): Person => ({
  id: user.id,
  name: user.name,
  email: user.email,
  role: Role.parse(user.role),
  roleFrom: user.roleMapped ? "oidc" : "here",
  signInWays: SignInWay.options.filter((way) => user.accounts.some(({ providerId }) => providerId === PROVIDERS[way])),
  state: user.deactivatedAt === null ? "active" : "deactivated",
  createdAt: user.createdAt.toISOString(),
  lastSeenAt: user.lastSeenAt?.toISOString() ?? null,
  sessions,
});

/** Sessions that have not run out. */
export const openSessions = () => ({ expiresAt: { gt: new Date() } });
