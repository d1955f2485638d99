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

/** The document of a revision as it is stored: whoever reads it parses it. Null when there is no such revision. */
export async function readRevision(db: Queryable, number: number): Promise<{ document: unknown } | null> {
  const { rows } = await db.query<{ document: unknown }>("SELECT revision_document($1) AS document", [number]);
  const [row] = rows;
  return row?.document ? row : null;
}
