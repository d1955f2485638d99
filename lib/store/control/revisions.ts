import type { Queryable } from "./database.ts";

/** Number of the revision in force, or null when nothing was published yet. */
export async function newestRevisionNumber(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ number: number | null }>(
    "SELECT max(number) AS number FROM revision WHERE state = 'published'",
  );
  return rows[0]?.number ?? null;
}

/** The document of a revision as it is stored: whoever reads it parses it. Null when there is no such revision. */
export async function readRevision(db: Queryable, number: number): Promise<{ document: unknown } | null> {
  const { rows } = await db.query<{ document: unknown }>("SELECT revision_document($1) AS document", [number]);
  const [row] = rows;
  return row?.document ? row : null;
}
