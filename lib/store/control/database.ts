// The control process's own way to PostgreSQL: plain SQL over a small pool. It must start in no time, live through
// outages for as long as they take, and never wait long for a server that hangs.
import pg from "pg";

export type Database = pg.Pool;
/** A pool, or the client of a running transaction. */
export type Queryable = Pick<pg.Pool, "query">;

/** Opens nothing yet: connections are made when they are needed, and again when they were lost. */
export function openDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 3_000,
    query_timeout: 15_000,
    statement_timeout: 12_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: "gemini-balance control",
  });
  // An idle connection that breaks is replaced by the pool; whoever queries next learns of the outage by itself.
  pool.on("error", () => {});
  return pool;
}

const isUnanswered = (cause: unknown): cause is Error =>
  cause instanceof Error && /^Query read timeout$|^Connection terminated/.test(cause.message);

/** Runs `work` in one transaction; a failure of it rolls back and is thrown on. */
export async function inTransaction<T>(database: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await database.connect();
  let broken: Error | undefined;
  // A connection that breaks between two queries says so as an event, which nobody else hears while it is checked out.
  const onError = (fault: Error) => {
    broken = fault;
  };
  client.on("error", onError);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (cause) {
    // Whoever did not answer in time would not answer this either, and the connection is of no more use.
    if (isUnanswered(cause)) broken = cause;
    else await client.query("ROLLBACK").catch(onError);
    throw cause;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** A PostgreSQL payload holds less than 8,000 bytes: that many ids of 36 characters and their commas. */
const IDS_IN_PAYLOAD = 200;

/** Tells `channel` of changed ids, in as many notifications as they need. In a transaction: delivered on commit. */
export async function notifyIds(db: Queryable, channel: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const payloads: string[] = [];
  for (let from = 0; from < ids.length; from += IDS_IN_PAYLOAD) {
    payloads.push(ids.slice(from, from + IDS_IN_PAYLOAD).join(","));
  }
  await db.query("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", [channel, payloads]);
}
