// A canary as the API starts one, written by plain SQL: revision 2 beside revision 1, which is in force.
import { randomUUID } from "node:crypto";
import type pg from "pg";

/** @returns its id; workers have been told */
export async function startCanary(db: pg.Client, document: unknown, settings: object = {}): Promise<string> {
  const id = randomUUID();
  const whole = JSON.stringify(document);
  await db.query("INSERT INTO config_part VALUES (md5($1), $1::jsonb) ON CONFLICT DO NOTHING", [whole]);
  await db.query(
    `INSERT INTO revision ("number", layout, author, change_count, state, based_on)
     VALUES (2, jsonb_build_object('whole', md5($1)), 'test', 1, 'canary', 1)`,
    [whole],
  );
  await db.query(
    "INSERT INTO canary (id, revision, base_revision, settings, started_by) VALUES ($1, 2, 1, $2, 'test')",
    [id, JSON.stringify({ minRequests: 100, durationMs: 600_000, ...settings })],
  );
  await db.query("SELECT pg_notify('gb_canary', $1)", [id]);
  return id;
}

/** Set times pass by moving the start, by the clock of the database that all workers go by. */
export const pass = (db: pg.Client, ms: number) =>
  db.query("UPDATE canary SET started_at = started_at - $1::int * interval '1 millisecond'", [ms]);

/** Requests of both arms that are written down. */
export async function measured(db: pg.Client): Promise<number> {
  const { rows } = await db.query<{ tally: { requests: number }[] }>("SELECT tally FROM canary_tally");
  return rows.flatMap(({ tally }) => tally).reduce((sum, { requests }) => sum + requests, 0);
}
