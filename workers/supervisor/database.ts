import pg from "pg";
import { messageOf } from "./faults.ts";

export type DatabaseProbe =
  | { state: "reachable" }
  /** Nobody answers, or not yet: it may come back by itself. */
  | { state: "unreachable"; message: string }
  /** It answers and will not have us: only a person can mend that. */
  | { state: "refused"; message: string };

/** SQLSTATEs that pass: starting up, shutting down, too many connections. */
const TEMPORARY = ["57P01", "57P02", "57P03", "53300"];
/** The migrator makes a missing database. */
const UNKNOWN_DATABASE = "3D000";
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Whether PostgreSQL itself said so, and not that nothing was heard of it. */
export function isAnswer(error: unknown): boolean {
  const { code = "" } = error as { code?: string };
  // A broken pipe, alone of the system's codes, has the form of a SQLSTATE.
  return SQLSTATE.test(code) && code !== "EPIPE";
}

/** Tries the database of `url` once, for at most `timeoutMs`. */
export async function probeDatabase(url: string, timeoutMs = 5_000): Promise<DatabaseProbe> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs });
  client.on("error", () => {}); // a server that goes away after answering is the next probe's business
  try {
    await client.connect();
    return { state: "reachable" };
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (code === UNKNOWN_DATABASE) return { state: "reachable" };
    const isRefusal = isAnswer(error) && !TEMPORARY.includes(code);
    const isSecrecy = /password|SASL|SCRAM|SSL/i.test(messageOf(error));
    const state = isRefusal || isSecrecy ? "refused" : "unreachable";
    return { state, message: messageOf(error) };
  } finally {
    await client.end().catch(() => {});
  }
}

/** `user@host:port/name` of a connection string: what may be shown. */
export function describeDatabase(url: string): string {
  const { username, host, pathname } = new URL(url);
  return `${username ? `${decodeURIComponent(username)}@` : ""}${host}${pathname}`;
}
