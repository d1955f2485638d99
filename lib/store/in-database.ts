// One transaction over plain pg: for programs of a moment and for the supervisor, which need not load Prisma.
import pg from "pg";

/** Commits what `use` does, or nothing of it. @throws {Error} of the connection, a query, or `use` itself. */
export async function inDatabase<T>(databaseUrl: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  // A server that dies between two queries is told of by the next one; unheard, the event would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("BEGIN");
    const result = await use(client);
    await client.query("COMMIT");
    return result;
  } finally {
    // Ending the connection rolls back whatever was not committed.
    await client.end();
  }
}

/** Who acts when no person and no token does. */
export type SystemActor = { id: string; name: string };
type Target = { kind: string; id?: string; name: string };

/** Writes the audit of what a program of ours did, in the transaction that does it. */
export async function auditSystem(
  client: Pick<pg.Client, "query">,
  actor: SystemActor,
  action: string,
  target: Target,
  after: object | null = null,
): Promise<void> {
  await client.query(
    `INSERT INTO audit (actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, after)
     VALUES ('system', $1, $2, $3, $4, $5, $6, $7)`,
    [actor.id, actor.name, action, target.kind, target.id ?? null, target.name, after && JSON.stringify(after)],
  );
}
