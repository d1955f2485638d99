// The audit's months, by explicit times: as the owner, who may give them.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTwoRoles, type TwoRoles } from "#tests/support/roles.ts";

let roles: TwoRoles;
beforeEach(async () => {
  roles = await startTwoRoles();
});
afterEach(() => roles.stop());

const write = (at: string, action = "x") =>
  roles.owner(
    "INSERT INTO audit (at, actor_kind, actor_id, actor_name, action, target_kind) VALUES ($1, 'user', 'x', 'x', $2, 'x')",
    [at, action],
  );
const where = async () =>
  Object.fromEntries(
    (await roles.owner("SELECT action, tableoid::regclass::text AS part FROM audit ORDER BY id")).map((row) => [
      row.action,
      row.part,
    ]),
  );
const months = async () =>
  (await roles.owner("SELECT relname FROM pg_class WHERE relname ~ '^audit_\\d{4}_\\d{2}$' ORDER BY 1")).map(
    (row) => row.relname,
  );

describe("months", () => {
  it("begin at midnight UTC, whatever the time zone of who writes", async () => {
    await roles.owner("SELECT audit_prepare_at('2031-01-15Z')");
    await write("2031-01-31T23:59:59.999Z", "last of January");
    await write("2031-02-01T00:00:00.000Z", "first of February");
    await write("2031-02-01T05:00:00+08:00", "January, in China");
    expect(await where()).toEqual({
      "last of January": "audit_2031_01",
      "first of February": "audit_2031_02",
      "January, in China": "audit_2031_01",
    });
  });

  it("are made for the present one and three ahead, once", async () => {
    const before = await months();
    expect(before).toHaveLength(4);
    expect(
      await roles.owner("SET timezone = 'Asia/Shanghai'; SELECT audit_prepare_at('2031-11-30T23:59:59Z') AS made"),
    ).toEqual([{ made: 4 }]);
    expect(await roles.owner("SELECT audit_prepare_at('2031-11-01T00:00:00Z') AS made")).toEqual([{ made: 0 }]);
    expect((await months()).slice(4)).toEqual(["audit_2031_11", "audit_2031_12", "audit_2032_01", "audit_2032_02"]);
    expect(await roles.product("SELECT audit_prepare() AS made")).toEqual([{ made: 0 }]);
  });

  it("that are missing when somebody writes lose nothing: the rest partition holds it until they are made", async () => {
    await write("2031-05-31T23:59:59.999Z", "may");
    await write("2031-06-01T00:00:00.000Z", "june");
    expect(await where()).toEqual({ may: "audit_default", june: "audit_default" });
    expect(await roles.product("SELECT audit_prepare() AS made")).toEqual([{ made: 2 }]);
    expect(await where()).toEqual({ may: "audit_2031_05", june: "audit_2031_06" });
    await write("2031-06-30T00:00:00.000Z", "late june");
    expect((await where())["late june"]).toBe("audit_2031_06");
    for (const table of ["audit", "audit_default", "audit_2031_05"])
      await expect(roles.owner(`DELETE FROM ${table} WHERE true; TRUNCATE ${table}`)).rejects.toMatchObject({
        code: "23001",
      });
  });
});

describe("expiry", () => {
  const expire = (at: string, days: number) => roles.owner(`SELECT audit_expire_at('${at}', ${days})::int AS removed`);

  it("drops a month when its last instant is old enough, and not a millisecond before", async () => {
    await write("2020-01-01T00:00:00.000Z", "january");
    await write("2020-01-31T23:59:59.999Z", "january's end");
    await write("2020-02-01T00:00:00.000Z", "february");
    expect(await expire("2020-03-01T23:59:59.999Z", 30)).toEqual([{ removed: 0 }]);
    expect(await expire("2020-03-02T00:00:00.000Z", 30)).toEqual([{ removed: 2 }]);
    const left = await where();
    expect(Object.keys(left)).toEqual(["february", "audit.expire"]);
    const [told] = await roles.owner("SELECT actor_kind, target_name, before FROM audit WHERE action = 'audit.expire'");
    expect(told).toMatchObject({ actor_kind: "system", target_name: "2020-01", before: { entries: 2, keptDays: 30 } });
  });

  it("by the product's role is bound to the settings, the present time, and thirty days at least", async () => {
    const old = new Date(Date.now() - 200 * 86_400_000).toISOString();
    const young = new Date(Date.now() - 20 * 86_400_000).toISOString();
    await write(old, "old");
    await write(young, "young");
    expect(await roles.product("SELECT audit_expire()::int AS removed")).toEqual([{ removed: 0 }]);
    await roles.product(`INSERT INTO retention (settings, updated_by) VALUES ('{"auditDays": 400}', 'x')`);
    expect(await roles.product("SELECT audit_expire()::int AS removed")).toEqual([{ removed: 0 }]);
    await roles.product(`UPDATE retention SET settings = '{"auditDays": 0}'`);
    expect(await roles.product("SELECT audit_expire()::int AS removed")).toEqual([{ removed: 1 }]);
    expect(Object.keys(await where())).toEqual(["young", "audit.expire"]);
    await roles.product(`UPDATE retention SET settings = '{"auditDays": null}'`);
    expect(await roles.product("SELECT audit_expire()::int AS removed")).toEqual([{ removed: 0 }]);
  });
});
