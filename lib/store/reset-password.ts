// A new password for somebody who lost theirs, by whoever may open the database.
import { randomUUID } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import type pg from "pg";
import { auditSystem, inDatabase } from "#lib/store/in-database.ts";
import { newPassword } from "#lib/store/secrets.ts";

type User = { id: string; email: string; role: string };
export type PasswordReset = { email: string; password: string };

/**
 * Gives a person a new password and ends their sessions.
 * @param email null: the one administrator
 * @param password chosen; generated when undefined
 * @throws {Error} that names the people there are, when `email` is none of them or does not say who is meant.
 */
export function resetPassword(databaseUrl: string, email: string | null, password?: string): Promise<PasswordReset> {
  return inDatabase(databaseUrl, async (client) => {
    const user = await findUser(client, email);
    const chosen = password ?? newPassword();
    await client.query("DELETE FROM account WHERE user_id = $1 AND provider_id = 'credential'", [user.id]);
    await client.query(
      `INSERT INTO account (id, account_id, provider_id, user_id, password, updated_at)
       VALUES ($1, $2, 'credential', $2, $3, now())`,
      [randomUUID(), user.id, await hashPassword(chosen)],
    );
    await client.query("DELETE FROM session WHERE user_id = $1", [user.id]);
    const target = { kind: "user", id: user.id, name: user.email };
    await auditSystem(client, { id: "reset-password", name: "npm run reset-password" }, "user.reset-password", target);
    return { email: user.email, password: chosen };
  });
}

async function findUser(client: pg.Client, email: string | null): Promise<User> {
  const { rows } = await client.query<User>(`SELECT id, email, role FROM "user" ORDER BY email FOR UPDATE`);
  const wanted = email?.trim().toLowerCase();
  const found = rows.filter((user) => (wanted === undefined ? user.role === "admin" : user.email === wanted));
  const [user] = found;
  if (user && found.length === 1) return user;
  const people = rows.map((one) => `  ${one.email} (${one.role})`).join("\n") || "  nobody";
  const why =
    wanted === undefined ? "Say whose password: npm run reset-password -- EMAIL" : `Nobody is called ${wanted}`;
  throw new Error(`${why}. There are:\n${people}`);
}
