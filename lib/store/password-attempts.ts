// The buckets of attempts to give a password, shared by every web process: see lib/core/attempts.ts.
import { createHash } from "node:crypto";
import { formatAddress, isIpv4, parseAddress } from "#lib/core/address-range.ts";
import { ACCOUNT_RULE, ADDRESS_RULE, type AttemptRule, decideAttempt } from "#lib/core/attempts.ts";
import type { Db, Tx } from "#lib/store/db.ts";

type Bucket = { key: string; rule: AttemptRule };
/** Whose attempt it is. `address` null: not known, as in tests without a socket. */
export type Attempt = { email: string; address: string | null };

const keyOf = (kind: string, value: string) => `${kind}:${createHash("sha256").update(value).digest("hex")}`;

/** A provider gives each customer at least a /64 of IPv6: its addresses count as one. */
function network(text: string): string {
  const address = parseAddress(text);
  if (!address) return text;
  return formatAddress(isIpv4(address) ? address : [...address.slice(0, 4), 0, 0, 0, 0]);
}

const accountBucket = (email: string): Bucket => ({
  key: keyOf("account", email.trim().toLowerCase()),
  rule: ACCOUNT_RULE,
});
const bucketsOf = ({ email, address }: Attempt): Bucket[] => [
  ...(address === null ? [] : [{ key: keyOf("address", network(address)), rule: ADDRESS_RULE }]),
  accountBucket(email),
];

/**
 * Takes one attempt from each bucket before the password is looked at, so that many at once are no way around.
 * @returns null when it may be made, else after how long (ms) one may be made; then nothing was taken.
 */
export function takeAttempt(client: Db, attempt: Attempt, nowMs: number): Promise<number | null> {
  return client.$transaction(async (tx) => {
    const taken: { key: string; fullAtMs: number }[] = [];
    for (const { key, rule } of bucketsOf(attempt)) {
      const decision = decideAttempt(rule, await lockBucket(tx, key), nowMs);
      if (decision.is === "refused") return decision.retryAfterMs;
      taken.push({ key, fullAtMs: decision.fullAtMs });
    }
    for (const { key, fullAtMs } of taken) {
      const fullAt = new Date(fullAtMs);
      await tx.passwordAttempts.upsert({ where: { key }, create: { key, fullAt }, update: { fullAt } });
    }
    await forgetFull(tx, nowMs);
    return null;
  });
}

/** What is full again is as good as no row: the table holds only who tried of late. */
const forgetFull = (tx: Tx, nowMs: number) => tx.$executeRaw`
  DELETE FROM password_attempts WHERE key IN
    (SELECT key FROM password_attempts WHERE full_at <= ${new Date(nowMs)} LIMIT 100 FOR UPDATE SKIP LOCKED)`;

/** When the bucket is full again; nobody else takes from it until the transaction ends, also when it has no row yet. */
async function lockBucket(tx: Tx, key: string): Promise<number | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
  return (await tx.passwordAttempts.findUnique({ where: { key } }))?.fullAt.getTime() ?? null;
}

/** The password was right: the account's bucket is full again, and the address gets its attempt back. */
export async function returnAttempt(client: Db, attempt: Attempt): Promise<void> {
  await client.passwordAttempts.deleteMany({ where: { key: accountBucket(attempt.email).key } });
  const [address] = bucketsOf(attempt);
  if (attempt.address === null || !address) return;
  const givenBackMs = address.rule.everyMs;
  await client.$executeRaw`UPDATE password_attempts SET full_at = full_at - ${givenBackMs} * interval '1 millisecond' WHERE key = ${address.key}`;
}
