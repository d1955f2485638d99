import { describe, expect, it } from "vitest";
import { openDatabase } from "#lib/store/control/database.ts";
import { readRuntimeOperations } from "#lib/store/control/runtime-operations.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();

const act = (id: string, action: string, body: object = {}) =>
  api("POST", `/nodes/${id}/${action}`, { as: "operator", body });

describe("a drain", () => {
  it("keeps sessions if asked to, and is forced by the same order with no time left, told in the audit", async () => {
    const node = await makeNode((await makePool()).id);
    const kept = await act(node.id, "drain", { timeoutMs: 60_000, keepSessions: true });
    expect(kept.body.facts.admin).toMatchObject({ state: "drain", keepSessions: true });
    const database = openDatabase(process.env.DATABASE_URL as string);
    const { admin: ordered } = await readRuntimeOperations(database);
    await database.end();
    expect(ordered.get(node.id)).toMatchObject({ state: "drain", keepSessions: true });
    const cut = await act(node.id, "drain", { timeoutMs: 0 });
    expect(cut.body.facts.admin).toMatchObject({ sinceMs: kept.body.facts.admin.sinceMs, keepSessions: false });
    expect(cut.body.facts.admin.deadlineMs).toBeLessThanOrEqual(Date.now());
    const audit = (await api("GET", `/audit?targetId=${node.id}`, { as: "operator" })).body.items;
    expect(audit[0]).toMatchObject({ before: { keepSessions: true }, after: { keepSessions: false } });
    expect((await act(node.id, "drain", { keepSessions: "yes" })).status).toBe(400);
  });
});
