import { RevisionLayout } from "#lib/contracts/revision-layout.ts";
import type { Queryable } from "./database.ts";

export type Published = {
  /** Of the revision in force; 0: nothing was published yet. */
  number: number;
  /** That runs beside it. */
  canary: { id: string; revision: number; settings: unknown } | null;
};

/** What is in force, and the canary, as of one moment. */
export async function readPublished(db: Queryable): Promise<Published> {
  const { rows } = await db.query<{ number: number | null; id: string | null; revision: number; settings: unknown }>(
    `SELECT (SELECT max(number) FROM revision WHERE state = 'published') AS number, canary.id, canary.revision, canary.settings
     FROM (SELECT 1) AS one LEFT JOIN canary ON canary.state = 'running'`,
  );
  const { number = null, id = null, revision = 0, settings } = rows[0] ?? {};
  return { number: number ?? 0, canary: id === null ? null : { id, revision, settings } };
}

/**
 * Reads one revision after the other: what they share is stored once under the hash of its content, and is fetched and parsed
 * once. The very same object stands wherever nothing changed; do not change it.
 */
export class RevisionParts {
  #contents = new Map<string, unknown>();

  /** As `readRevision`. */
  async read(db: Queryable, number: number): Promise<{ document: unknown } | null> {
    const { rows } = await db.query<{ layout: unknown }>("SELECT layout FROM revision WHERE number = $1", [number]);
    const [row] = rows;
    if (!row) return null;
    const layout = RevisionLayout.safeParse(row.layout);
    if (!layout.success) return readRevision(db, number);
    const { proxy, routes, pools } = layout.data;
    await this.#fetch(db, [proxy, routes, ...pools.flatMap(({ pool, nodes }) => [pool, ...nodes])]);
    // A part that is not there leaves a null in its place, which no reader takes for a configuration.
    const content = (hash: string) => this.#contents.get(hash) ?? null;
    const nodesOf = (hash: string): unknown[] => {
      const nodes = content(hash);
      return Array.isArray(nodes) ? nodes : [null];
    };
    const document = {
      proxy: content(proxy),
      routes: content(routes),
      pools: pools.map(({ pool, nodes }) => {
        const settings = content(pool);
        return settings === null ? null : { ...settings, nodes: nodes.flatMap(nodesOf) };
      }),
    };
    return { document };
  }

  /** Keeps of what it has only what is wanted, and gets the rest. */
  async #fetch(db: Queryable, hashes: readonly string[]): Promise<void> {
    const before = this.#contents;
    this.#contents = new Map();
    const missing = hashes.filter((hash) => !before.has(hash));
    for (const hash of hashes) if (before.has(hash)) this.#contents.set(hash, before.get(hash));
    if (missing.length === 0) return;
    const { rows } = await db.query<{ hash: string; content: unknown }>(
      "SELECT hash, content FROM config_part WHERE hash = ANY($1::text[])",
      [missing],
    );
    for (const { hash, content } of rows) this.#contents.set(hash, content);
  }
}

/** The document of a revision as it is stored: whoever reads it parses it. Null when there is no such revision. */
export async function readRevision(db: Queryable, number: number): Promise<{ document: unknown } | null> {
  const { rows } = await db.query<{ document: unknown }>("SELECT revision_document($1) AS document", [number]);
  const [row] = rows;
  return row?.document ? row : null;
}
