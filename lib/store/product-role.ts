// The role that the product itself works as. It reads and writes rows, and that is all: it owns nothing, makes and changes no
// tables, and of the audit it may only read and add. Migrations run as another one, the owner of the tables.
import pg from "pg";
import { inDatabase } from "#lib/store/in-database.ts";

/** Two hosts that start together must not change the same rights at once. */
const LOCK = 7_302_011;

/** What the role may do with a table, where that is not everything. Of the audit the time and the number are the database's. */
const LESS: Record<string, string> = {
  _prisma_migrations: "SELECT",
  audit:
    "SELECT, INSERT (actor_kind, actor_id, actor_name, token_id, token_name, address, action, target_kind, target_id, " +
    "target_name, pool_id, revision, before, after)",
};
const EVERYTHING = "SELECT, INSERT, UPDATE, DELETE";
/** Functions of the owner that it calls. */
const FUNCTIONS = [
  "audit_prepare()",
  "audit_expire()",
  "metric_prepare()",
  "metric_expire()",
  "revision_document(integer)",
  "request_prepare()",
  "request_expire()",
  "resource_prepare()",
  "resource_expire()",
];

const INSUFFICIENT_PRIVILEGE = "42501";

/** The product's role cannot be made or used: only a person can mend that. */
export class ProductRoleError extends Error {
  override name = "ProductRoleError";
}

/**
 * Makes the role of `productUrl` when it is missing, and gives it exactly the rights it needs. Run after the migrations, by
 * the owner of the tables.
 * @param setPassword the role is ours alone: its password becomes the one in `productUrl`
 * @throws {ProductRoleError} when the owner may not make it, naming what to do
 */
export async function admitProduct(ownerUrl: string, productUrl: string, setPassword: boolean): Promise<void> {
  const { username, password } = new URL(productUrl);
  const role = decodeURIComponent(username);
  await inDatabase(ownerUrl, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
    if (!rowCount) await makeRole(client, role, decodeURIComponent(password));
    else if (setPassword) await alterRole(client, role, decodeURIComponent(password));
    await grant(client, role);
  });
}

async function makeRole(client: pg.Client, role: string, password: string): Promise<void> {
  const name = pg.escapeIdentifier(role);
  try {
    await client.query(`CREATE ROLE ${name} ${PLAIN} PASSWORD ${pg.escapeLiteral(password)}`);
  } catch (cause) {
    if ((cause as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw cause;
    const message =
      `DATABASE_URL: there is no role ${role}, and the one of GB_MIGRATION_DATABASE_URL may not make it. ` +
      `Have an administrator of the database do so: CREATE ROLE ${name} LOGIN PASSWORD '…'`;
    throw new ProductRoleError(message, { cause });
  }
}

const PLAIN = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

const alterRole = (client: pg.Client, role: string, password: string) =>
  client.query(`ALTER ROLE ${pg.escapeIdentifier(role)} ${PLAIN} PASSWORD ${pg.escapeLiteral(password)}`);

/** Rights that an earlier version gave, or a person, are taken back first. Partitions are reached through their table only. */
async function grant(client: pg.Client, role: string): Promise<void> {
  const name = pg.escapeIdentifier(role);
  const { rows } = await client.query<{ schema: string; name: string; kind: string; is_partition: boolean }>(
    `SELECT current_schema() AS schema, relname AS name, relkind AS kind, relispartition AS is_partition FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'S') ORDER BY relname`,
  );
  const schema = pg.escapeIdentifier(rows[0]?.schema ?? "public");
  const sql = [`GRANT USAGE ON SCHEMA ${schema} TO ${name}`];
  for (const { name: table, kind, is_partition } of rows) {
    const which = `${kind === "S" ? "SEQUENCE" : "TABLE"} ${schema}.${pg.escapeIdentifier(table)}`;
    sql.push(`REVOKE ALL ON ${which} FROM ${name}`);
    // USAGE takes the next number of a sequence, and cannot set it back.
    if (!is_partition) sql.push(`GRANT ${kind === "S" ? "USAGE" : (LESS[table] ?? EVERYTHING)} ON ${which} TO ${name}`);
  }
  for (const signature of FUNCTIONS) sql.push(`GRANT EXECUTE ON FUNCTION ${schema}.${signature} TO ${name}`);
  await client.query(sql.join(";\n"));
  await closeSchema(client, schema, name);
}

/**
 * Nobody but the owner makes tables: in databases that began before PostgreSQL 15 everybody may. Of a database that is not
 * the owner's own it cannot be taken away; System then says what the role may.
 */
async function closeSchema(client: pg.Client, schema: string, role: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>("SELECT current_database() AS name");
  const database = pg.escapeIdentifier(rows[0]?.name ?? "");
  for (const sql of [
    `REVOKE CREATE ON SCHEMA ${schema} FROM PUBLIC, ${role}`,
    `REVOKE CREATE, TEMPORARY ON DATABASE ${database} FROM PUBLIC, ${role}`,
    `GRANT CONNECT ON DATABASE ${database} TO ${role}`,
  ]) {
    await client.query("SAVEPOINT closing");
    await client.query(sql).catch(async (cause: { code?: string }) => {
      if (cause.code !== INSUFFICIENT_PRIVILEGE) throw cause;
      await client.query("ROLLBACK TO SAVEPOINT closing");
    });
  }
}
