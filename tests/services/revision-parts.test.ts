import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigDocument, NodeInput, PoolInput } from "#lib/contracts/config.ts";
import { applyOperations } from "#lib/core/config/apply.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { inDatabase } from "#lib/store/in-database.ts";
import { insertRevision, readDocument } from "#lib/store/revisions.ts";
import { serveApi } from "./harness.ts";

serveApi();

const MIGRATION = "prisma/migrations/20261128042000_revision_parts/migration.sql";

function poolOf(size: number): ConfigDocument {
  const nodes = Array.from({ length: size }, (_, at) => ({
    id: randomUUID(),
    ...NodeInput.parse({ name: `node-${at}`, url: `http://10.0.${at >> 8}.${at & 255}:8080`, weight: 100 }),
  }));
  const pool = { id: randomUUID(), ...PoolInput.parse({ name: "large", algorithm: "peak-ewma" }), nodes };
  return ConfigDocument.parse({ pools: [pool], routes: [] });
}

function changed(document: ConfigDocument, at: number): ConfigDocument {
  const nodes = document.pools[0]?.nodes ?? [];
  const { id = "" } = nodes[(at * 7_919) % nodes.length] ?? {};
  const applied = applyOperations(document, [{ op: "node.update", id, patch: { weight: 1 + (at % 1_000) } }]);
  if (!applied.ok) throw new Error(JSON.stringify(applied.faults));
  return applied.document;
}

const insert = (number: number, document: ConfigDocument) =>
  db().$transaction((tx) =>
    insertRevision(tx, {
      number,
      document,
      note: "",
      action: "node.update",
      target: "",
      author: "a test",
      basedOn: number - 1,
      changeCount: 1,
    }),
  );

async function storedBytes(): Promise<number> {
  await db().$executeRaw`VACUUM ANALYZE revision, config_part`;
  const [row] = await db().$queryRaw<{ bytes: bigint }[]>`
    SELECT pg_total_relation_size('revision') + pg_total_relation_size('config_part') AS bytes`;
  return Number(row?.bytes);
}
const partCount = (): Promise<number> => db().configPart.count();

describe("revisions in parts", () => {
  it("share what they did not change: ten thousand of a thousand nodes stay under 500 MB", async () => {
    const revisions = Number(process.env.GB_REVISIONS ?? 200);
    let document = poolOf(1_000);
    const first = document;
    await insert(1, document);
    const one = await storedBytes();
    for (let number = 2; number <= revisions; number++) {
      document = changed(document, number);
      await insert(number, document);
    }
    const perRevision = ((await storedBytes()) - one) / (revisions - 1);
    if (process.env.GB_REVISIONS) {
      const beganMs = performance.now();
      for (let at = 1; at <= 20; at++) await readDocument(db(), Math.ceil((at * revisions) / 20));
      const readMs = (performance.now() - beganMs) / 20;
      console.log({ revisions, megabytes: (await storedBytes()) / 1e6, perRevision, readMs });
    }
    expect(perRevision * 10_000 + one).toBeLessThan(500e6);
    expect(await readDocument(db(), 1)).toEqual(first);
    expect(await readDocument(db(), revisions)).toEqual(document);
    // One run of nodes each; neither the pool's settings, nor routes, nor the proxy's.
    expect(await partCount()).toBeLessThan(revisions + 120);
  }, 3_600_000);

  it("go with the last revision that has them, whoever deletes it", async () => {
    const before = await partCount();
    const small = poolOf(3);
    await insert(900_001, small);
    await insert(900_002, changed(small, 1));
    const both = await partCount();
    expect(both).toBeGreaterThan(before);
    await db().revision.delete({ where: { number: 900_001 } });
    expect(await readDocument(db(), 900_002)).toEqual(changed(small, 1));
    await db().revision.delete({ where: { number: 900_002 } });
    expect(await partCount()).toBe(before);
    expect(await readDocument(db(), 1)).not.toBeNull();
  });

  it("are made of revisions from before, which say the same as they did", async () => {
    const [large, empty] = [poolOf(100), ConfigDocument.parse({ pools: [], routes: [] })];
    const { proxy: _, ...old } = poolOf(1);
    const documents = [large, changed(large, 5), empty, old];
    await inDatabase(databaseUrl(), async (client) => {
      await client.query("CREATE SCHEMA before; SET LOCAL search_path TO before");
      await client.query("CREATE TABLE revision (number int PRIMARY KEY, document jsonb NOT NULL)");
      await client.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = 'restrict_violation'; END $$`);
      await client.query("CREATE TRIGGER immutable BEFORE UPDATE ON revision FOR EACH ROW EXECUTE FUNCTION refuse()");
      for (const [at, document] of documents.entries())
        await client.query("INSERT INTO revision VALUES ($1, $2)", [at + 1, JSON.stringify(document)]);
      await client.query(readFileSync(MIGRATION, "utf8"));
      const { rows } = await client.query("SELECT revision_document(number) AS document FROM revision ORDER BY number");
      expect(rows.map((row) => ConfigDocument.parse(row.document))).toEqual(
        documents.map((document) => ConfigDocument.parse(document)),
      );
      await expect(client.query("SAVEPOINT s; UPDATE revision SET number = 9")).rejects.toMatchObject({
        code: "23001",
      });
      await client.query("ROLLBACK TO SAVEPOINT s");
      // Of the hundred nodes one run differs.
      const { rows: runs } = await client.query(`SELECT count(*)::int AS count FROM config_part
        WHERE jsonb_array_length(CASE jsonb_typeof(content) WHEN 'array' THEN content ELSE '[]' END) > 1`);
      expect(runs[0].count).toBe(5);
    });
  });
});
