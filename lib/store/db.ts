// The process's one Prisma client. Kept on globalThis, because a bundler may hold this module more than once in a process.
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "#lib/store/generated/client.ts";

export type Db = PrismaClient;
/** What a query inside `db().$transaction(async (tx) => …)` gets. */
export type Tx = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];

const CONNECTIONS = 10;
/** A server that hangs must not keep whoever asks for ever: longer than any query of ours takes. */
const QUERY_WITHIN_MS = 20_000;
const kept = globalThis as { gbDb?: PrismaClient };

/** The database at DATABASE_URL; the pool of connections is made on first use. */
export function db(): Db {
  kept.gbDb ??= new PrismaClient({
    adapter: new PrismaPg({
      connectionString: databaseUrl(),
      max: CONNECTIONS,
      connectionTimeoutMillis: 5_000,
      query_timeout: QUERY_WITHIN_MS,
      statement_timeout: QUERY_WITHIN_MS,
      keepAlive: true,
    }),
    transactionOptions: { maxWait: 10_000, timeout: 20_000 },
  });
  return kept.gbDb;
}

type Query = () => PromiseLike<unknown>;
type Results<Q extends readonly Query[]> = { -readonly [At in keyof Q]: Awaited<ReturnType<Q[At]>> };

/**
 * What `queries` over `client` answer, in their order: at once over the pool of connections, one after the other in a transaction.
 * That has one connection, and the driver will refuse a query while it waits for another one's answer.
 */
export async function readAll<const Q extends readonly Query[]>(client: Db | Tx, queries: Q): Promise<Results<Q>> {
  const results: unknown[] = [];
  if (client === kept.gbDb) results.push(...(await Promise.all(queries.map((query) => query()))));
  else for (const query of queries) results.push(await query());
  return results as Results<Q>;
}

/** @throws {Error} when the variable is missing, rather than let a driver fall back to a default server. */
export function databaseUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is not set");
  return url;
}

/** Closes the connections; the next `db()` opens new ones. */
export async function closeDb(): Promise<void> {
  const client = kept.gbDb;
  kept.gbDb = undefined;
  await client?.$disconnect();
}
