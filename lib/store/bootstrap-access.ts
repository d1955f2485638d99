// Who may get in after the very first start.
import { randomUUID } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import type pg from "pg";
import { auditSystem, inDatabase, type SystemActor } from "#lib/store/in-database.ts";
import { hashToken, newPassword } from "#lib/store/secrets.ts";

/** Name of the token that GB_API_TOKEN stands for; nobody else may take it. */
export const BOOTSTRAP_TOKEN_NAME = "bootstrap";
/** Two supervisors that start against one new database must make one administrator. */
const LOCK = 7_302_002;
const SUPERVISOR: SystemActor = { id: "supervisor", name: "supervisor" };

export type AccessSettings = { adminEmail: string; adminPassword?: string; apiToken?: string };
export type CreatedAdmin = { email: string; password: string; generated: boolean };

/**
 * Makes the administrator when there is no user at all, and brings the bootstrap token in line with GB_API_TOKEN: made,
 * replaced, or removed when the variable is not set. Run after the migrations, before web starts.
 * @returns the new administrator with the password to print, or null when there were users already.
 */
export async function bootstrapAccess(
  databaseUrl: string,
  settings: AccessSettings,
): Promise<{ createdAdmin: CreatedAdmin | null }> {
  return inDatabase(databaseUrl, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    const createdAdmin = await ensureAdmin(client, settings);
    await syncToken(client, settings.apiToken);
    return { createdAdmin };
  });
}

async function ensureAdmin(client: pg.Client, settings: AccessSettings): Promise<CreatedAdmin | null> {
  const { rowCount } = await client.query(`SELECT 1 FROM "user" LIMIT 1`);
  if (rowCount) return null;
  // Sign-in looks the address up in lower case.
  const email = settings.adminEmail.trim().toLowerCase();
  const password = settings.adminPassword ?? newPassword();
  const id = randomUUID();
  await client.query(
    `INSERT INTO "user" (id, name, email, email_verified, role, updated_at) VALUES ($1, $2, $3, true, 'admin', now())`,
    [id, "Administrator", email],
  );
  await client.query(
    `INSERT INTO account (id, account_id, provider_id, user_id, password, updated_at)
     VALUES ($1, $2, 'credential', $2, $3, now())`,
    [randomUUID(), id, await hashPassword(password)],
  );
  await auditSystem(client, SUPERVISOR, "user.create", { kind: "user", id, name: email }, { role: "admin" });
  return { email, password, generated: settings.adminPassword === undefined };
}

async function syncToken(client: pg.Client, token: string | undefined): Promise<void> {
  const { rows } = await client.query<{ id: string; hash: string; role: string }>(
    "SELECT id, hash, role FROM api_token WHERE name = $1",
    [BOOTSTRAP_TOKEN_NAME],
  );
  const present = rows[0];
  const hash = token === undefined ? undefined : hashToken(token);
  if (present?.hash === hash && (!present || present.role === "admin")) return;
  const id = present?.id ?? randomUUID();
  if (present) await client.query("DELETE FROM api_token WHERE id = $1", [id]);
  if (hash) {
    await client.query("INSERT INTO api_token (id, name, role, hash) VALUES ($1, $2, 'admin', $3)", [
      id,
      BOOTSTRAP_TOKEN_NAME,
      hash,
    ]);
  }
  const action = hash ? (present ? "token.replace" : "token.create") : "token.delete";
  await auditSystem(
    client,
    SUPERVISOR,
    action,
    { kind: "token", id, name: BOOTSTRAP_TOKEN_NAME },
    hash ? { role: "admin" } : null,
  );
}
