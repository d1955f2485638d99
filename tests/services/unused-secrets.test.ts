// Secrets that nothing names any more go; none that a kept document names ever does, however a save and a clean-up cross.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "#lib/store/control/database.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { cleanUp } from "#workers/control/retention-keeper.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();

let database: Database;
beforeAll(() => {
  database = openDatabase(databaseUrl());
});
afterAll(() => database.end());

const credential = (value: unknown) => ({ credentials: [{ in: "header", name: "authorization", value }] });
const refOf = async (nodeId: string): Promise<string> =>
  (await api("GET", `/nodes/${nodeId}`)).body.credentials[0].value.secret;
const clean = () => cleanUp(database, "w1", ["revisions", "secrets"], Date.now() + 10 * 86_400_000);
const isKept = async (id: string) => (await db().secret.count({ where: { id } })) === 1;
const settle = (settings: object) => api("PATCH", "/retention", { as: "admin", body: settings });

/** A node with a value that only past revisions name. */
async function replaced(): Promise<{ nodeId: string; old: string; present: string }> {
  const node = await makeNode((await makePool()).id, credential("old"));
  const old = await refOf(node.id);
  await api("PATCH", `/nodes/${node.id}`, { body: credential("new") });
  return { nodeId: node.id, old, present: await refOf(node.id) };
}

describe("a secret that is not in force", () => {
  it("stays as long as a revision that names it is kept, and goes with the last", async () => {
    const { old, present } = await replaced();
    await clean();
    expect([await isKept(old), await isKept(present)]).toEqual([true, true]);
    await settle({ revisionDays: 1, revisionsAtLeast: 1 });
    await clean();
    expect([await isKept(old), await isKept(present)]).toEqual([false, true]);
    const { rows } = await database.query("SELECT removed::int, error FROM clean_up WHERE kind = 'secrets'");
    expect(rows).toEqual([{ removed: 1, error: null }]);
  });

  it("stays while a draft or a canary's revision names it, and goes when the draft is discarded", async () => {
    await settle({ revisionDays: 1, revisionsAtLeast: 1 });
    const node = await makeNode((await makePool()).id);
    const draft = (await api("POST", "/change-sets", { body: { name: "a draft" } })).body;
    await api("PATCH", `/nodes/${node.id}?changeSet=${draft.id}`, { body: credential("drafted") });
    const { id } = await db().secret.findFirstOrThrow({ where: { ownerId: node.id } });
    await clean();
    expect(await isKept(id)).toBe(true);
    expect((await api("DELETE", `/change-sets/${draft.id}`)).status).toBe(204);
    await clean();
    expect(await isKept(id)).toBe(false);

    const { old } = await replaced();
    const number = (await db().revision.aggregate({ _max: { number: true } }))._max.number ?? 0;
    await db().canary.create({
      data: { id: node.id, revision: number - 1, baseRevision: number, settings: {}, startedBy: "x" },
    });
    await clean();
    expect(await isKept(old)).toBe(true);
    await db().canary.deleteMany();
    await clean();
    expect(await isKept(old)).toBe(false);
  });
});

describe("a clean-up that crosses", () => {
  it("a save of the same value leaves it alone while that goes on, and afterwards", async () => {
    await settle({ revisionDays: 1, revisionsAtLeast: 1 });
    const { nodeId } = await replaced();
    const draft = (await api("POST", "/change-sets", { body: { name: "crossing" } })).body;
    const blocker = await database.connect();
    // The save waits for the draft's row after it has found the value again: just then the clean-up comes.
    await blocker.query("BEGIN");
    await blocker.query("SELECT FROM change_set WHERE id = $1 FOR UPDATE", [draft.id]);
    const save = api("PATCH", `/nodes/${nodeId}?changeSet=${draft.id}`, { body: credential("old") });
    await clean();
    await blocker.query("COMMIT");
    blocker.release();
    expect((await save).status).toBe(200);
    await clean();
    const staged = await db().changeSet.findUniqueOrThrow({ where: { id: draft.id } });
    const named = /"secret":"([0-9a-f-]{36})"/.exec(JSON.stringify(staged.operations))?.[1] ?? "";
    expect(await isKept(named)).toBe(true);
  });

  it("saves by many at once never leaves a reference to nothing", async () => {
    await settle({ revisionDays: 1, revisionsAtLeast: 1 });
    const node = await makeNode((await makePool()).id, credential("0"));
    // The same few values again and again: each is found, or removed and made anew.
    for (let round = 0; round < 12; round++) {
      const save = api("PATCH", `/nodes/${node.id}`, { body: credential(String(round % 3)) });
      await Promise.all([save, clean()]);
      expect((await save).status).toBe(200);
      expect(await isKept(await refOf(node.id))).toBe(true);
    }
    await clean();
    expect(await db().secret.count({ where: { ownerId: node.id } })).toBe(1);
  });

  it("holds a value that is being found again, so that it is not removed meanwhile", async () => {
    await settle({ revisionDays: 1, revisionsAtLeast: 1 });
    const { old } = await replaced();
    const holder = await database.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT FROM secret WHERE id = $1 FOR KEY SHARE", [old]);
    await clean();
    expect(await isKept(old)).toBe(true);
    await holder.query("COMMIT");
    holder.release();
    await clean();
    expect(await isKept(old)).toBe(false);
  });
});
