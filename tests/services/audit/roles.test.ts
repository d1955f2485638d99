// What the product's own role can do to the audit, and to everything else: on a real PostgreSQL, as that role.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/contracts/access.ts";
import { readStorage } from "#lib/services/retention/storage.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { closeDb, db } from "#lib/store/db.ts";
import { admitProduct } from "#lib/store/product-role.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { asking, startTwoRoles, type TwoRoles } from "#tests/support/roles.ts";

let roles: TwoRoles;
const actor: Actor = { kind: "token", id: "t1", name: "a robot", role: "admin", address: "192.0.2.7" };
const entry = {
  action: "pool.create",
  targetKind: "pool",
  targetId: "p",
  targetName: "P",
  poolId: "p",
  after: { a: 1 },
};

beforeAll(async () => {
  roles = await startTwoRoles();
  process.env.DATABASE_URL = roles.productUrl;
  await db().$transaction((tx) => writeAudit(tx, actor, [entry]));
});
afterAll(async () => {
  await closeDb();
  await roles.stop();
});

describe("the product's role", () => {
  it("adds entries, with the token they came through, and reads them", async () => {
    const [row] = await db().audit.findMany();
    expect(row).toMatchObject({ ...entry, actorName: "a robot", tokenId: "t1", tokenName: "a robot" });
    expect(Math.abs(Date.now() - (row?.at.getTime() ?? 0))).toBeLessThan(60_000);
  });

  const month = `audit_${new Date().toISOString().slice(0, 7).replace("-", "_")}`;
  it.each([
    ["update an entry", "UPDATE audit SET actor_name = 'somebody else'"],
    ["delete an entry", "DELETE FROM audit"],
    ["truncate the audit", "TRUNCATE audit"],
    ["lock writers out", "BEGIN; LOCK TABLE audit IN ACCESS EXCLUSIVE MODE"],
    [
      "write into the past",
      "INSERT INTO audit (at, actor_kind, actor_id, actor_name, action, target_kind) VALUES ('2020-01-01', 'user', 'x', 'x', 'x', 'x')",
    ],
    [
      "choose an entry's number",
      "INSERT INTO audit (id, actor_kind, actor_id, actor_name, action, target_kind) VALUES (1, 'user', 'x', 'x', 'x', 'x')",
    ],
    ["set the numbers back", "SELECT setval('audit_id_seq', 1)"],
    ["read a partition past the table", `SELECT * FROM ${month}`],
    ["update a partition", `UPDATE ${month} SET actor_name = 'x'`],
    ["delete from a partition", `DELETE FROM ${month}`],
    ["truncate a partition", `TRUNCATE ${month}`],
    ["drop the audit", "DROP TABLE audit"],
    ["drop a partition", `DROP TABLE ${month}`],
    ["detach a partition", `ALTER TABLE audit DETACH PARTITION ${month}`],
    ["alter the audit", "ALTER TABLE audit ADD COLUMN x int"],
    ["take the audit over", "ALTER TABLE audit OWNER TO CURRENT_USER"],
    ["disable the trigger", "ALTER TABLE audit DISABLE TRIGGER audit_append_only"],
    ["drop the trigger", "DROP TRIGGER audit_append_only ON audit"],
    [
      "replace the trigger's function",
      "CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE sql AS 'SELECT null'",
    ],
    ["pass triggers over", "SET session_replication_role = replica"],
    ["become the owner", "SET ROLE postgres"],
    ["become the owner's session", "SET SESSION AUTHORIZATION postgres"],
    ["give itself the right", "GRANT UPDATE ON audit TO CURRENT_USER; UPDATE audit SET action = 'x'"],
    ["make a rule", "CREATE RULE hide AS ON INSERT TO audit DO INSTEAD NOTHING"],
    ["drop months of its own choice", "SELECT audit_expire_at(now(), 0)"],
    ["prepare months of its own choice", "SELECT audit_prepare_at('2001-01-01')"],
    ["make a table", "CREATE TABLE x (id int)"],
    ["make a temporary table", "CREATE TEMPORARY TABLE x (id int)"],
    ["make a schema", "CREATE SCHEMA x"],
    ["make a function", "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
    ["make a role", "CREATE ROLE x"],
    ["alter another table", "ALTER TABLE pool ADD COLUMN x int"],
    ["drop another table", "DROP TABLE pool"],
    ["truncate another table", "TRUNCATE alert"],
    ["forget a migration", 'DELETE FROM "_prisma_migrations"'],
  ])("cannot %s", async (_, sql) => {
    await expect(roles.product(sql)).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|42809)$/) });
  });

  it("may neither update nor delete through a published revision's trigger", async () => {
    await roles
      .product("INSERT INTO revision (number, layout, author, change_count) VALUES (1, '{}', 'x', 1)")
      .catch(() => {}); // how a revision is stored is not this test's business
    await expect(roles.product("UPDATE revision SET author = 'y'")).rejects.toMatchObject({ code: "23001" });
  });

  it("keeps exactly its rights when it is admitted again, and loses what somebody gave it", async () => {
    const name = new URL(roles.productUrl).username;
    await roles.owner(`GRANT ALL ON audit, ${month} TO ${name}`);
    await admitProduct(roles.ownerUrl, roles.productUrl, true);
    await expect(roles.product("DELETE FROM audit")).rejects.toMatchObject({ code: "42501" });
    await expect(roles.product(`DELETE FROM ${month}`)).rejects.toMatchObject({ code: "42501" });
    await db().$transaction((tx) => writeAudit(tx, actor, [entry]));
  });
});

describe("one role for everything", () => {
  it("is told by storage, which System warns of, until the product works as a lesser one", async () => {
    const admin: Actor = { ...actor, kind: "user" };
    expect((await readStorage(admin)).auditProtection).toBe("roles");
    await closeDb();
    process.env.DATABASE_URL = roles.ownerUrl;
    expect((await readStorage(admin)).auditProtection).toBe("trigger");
    await closeDb();
    process.env.DATABASE_URL = roles.productUrl;
  });

  it("cannot update, delete or truncate entries either: a trigger refuses", async () => {
    const database = await startTestDatabase();
    const ask = asking(database.url);
    await ask(
      "INSERT INTO audit (actor_kind, actor_id, actor_name, action, target_kind) VALUES ('user', 'x', 'x', 'x', 'x')",
    );
    const [part] = await ask("SELECT tableoid::regclass::text AS name FROM audit");
    for (const table of ["audit", part?.name]) {
      for (const sql of [`UPDATE ${table} SET action = 'y'`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        await expect(ask(sql), sql).rejects.toMatchObject({
          code: "23001",
          message: expect.stringContaining("append-only"),
        });
    }
    expect(await ask("SELECT action FROM audit")).toEqual([{ action: "x" }]);
    await database.stop();
  });
});
