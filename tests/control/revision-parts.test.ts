// Reading revisions by what they do not share.
import { afterEach, expect, test } from "vitest";
import { type ConfigDocument, EMPTY_CONFIG, NodeInput, PoolInput } from "#lib/contracts/config.ts";
import { RevisionParts, readRevision } from "#lib/store/control/revisions.ts";
import { closeDb, db } from "#lib/store/db.ts";
import { insertRevision } from "#lib/store/revisions.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { cleanups, connected } from "./support.ts";

const after = cleanups();
afterEach(after.run);

const idOf = (kind: number, at: number) => `00000000-0000-4000-800${kind}-${String(at).padStart(12, "0")}`;
const documentOf = (weights: readonly number[]): ConfigDocument => ({
  ...EMPTY_CONFIG,
  pools: [0, 1].map((pool) => ({
    id: idOf(2, pool),
    ...PoolInput.parse({ name: `p${pool}`, algorithm: "least-connections" }),
    nodes: weights.map((weight, at) => ({
      id: idOf(pool, at),
      ...NodeInput.parse({ name: `n${at}`, url: `http://10.0.${pool}.${at}:80`, weight }),
    })),
  })),
});

test("makes the same of the parts as the database does, fetches only what is new, and keeps the rest as the very same objects", async () => {
  const database = await startTestDatabase();
  after.add(database.stop);
  process.env.DATABASE_URL = database.url;
  after.add(closeDb);
  const weights = Array.from({ length: 200 }, () => 1);
  const revision = (number: number, document: ConfigDocument) =>
    db().$transaction((tx) =>
      insertRevision(tx, {
        number,
        document,
        note: "",
        action: "",
        target: "",
        author: "a",
        basedOn: number - 1,
        changeCount: 1,
      }),
    );
  await revision(1, documentOf(weights));
  await revision(2, documentOf(weights.with(7, 2)));
  const client = await connected(after, database.url);
  const parts = new RevisionParts();
  const asked: unknown[][] = [];
  const counting = {
    query: (text: string, values: unknown[]) => {
      if (text.includes("config_part")) asked.push(values[0] as unknown[]);
      return client.query(text, values);
    },
  } as unknown as Parameters<RevisionParts["read"]>[0];

  const first = (await parts.read(counting, 1))?.document as ConfigDocument;
  expect(first).toEqual((await readRevision(client, 1))?.document);
  const second = (await parts.read(counting, 2))?.document as ConfigDocument;
  expect(second).toEqual((await readRevision(client, 2))?.document);
  // Both pools have a run in which the weight of one node is another.
  expect(asked[1]).toHaveLength(2);
  expect(second.pools[0]?.nodes.filter((node) => first.pools[0]?.nodes.includes(node)).length).toBeGreaterThan(100);
  expect(await parts.read(counting, 3)).toBeNull();

  await client.query("ALTER TABLE config_part DISABLE TRIGGER ALL");
  await client.query("DELETE FROM config_part WHERE hash = $1", [asked[1]?.[0]]);
  const torn = (await new RevisionParts().read(client, 2))?.document as { pools: { nodes: unknown[] }[] };
  expect(torn).toEqual((await readRevision(client, 2))?.document);
  expect(torn.pools.some(({ nodes }) => nodes.includes(null))).toBe(true);
});
