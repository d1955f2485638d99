import { Id } from "#lib/contracts/common.ts";
import type { ConfigDocument, ConfigNode, ConfigPool, ConfigRoute } from "#lib/contracts/config.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { db } from "#lib/store/db.ts";
import { type Head, readHead, rememberHead } from "#lib/store/revisions.ts";

/** The configuration in force. Do not mutate its document: others hold it as well. */
export async function currentHead(): Promise<Head> {
  const head = await readHead(db());
  rememberHead(head);
  return head;
}

/** @throws {ServiceError} `not-found`, also for what is no id at all. */
export function findPool(document: ConfigDocument, id: string): ConfigPool {
  return found(
    document.pools.find((pool) => pool.id === id),
    "pool",
    id,
  );
}

export function findNode(document: ConfigDocument, id: string): { pool: ConfigPool; node: ConfigNode } {
  for (const pool of document.pools) {
    const node = pool.nodes.find((each) => each.id === id);
    if (node) return { pool, node };
  }
  throw notFound("node", id);
}

export function findRoute(document: ConfigDocument, id: string): ConfigRoute {
  return found(
    document.routes.find((route) => route.id === id),
    "route",
    id,
  );
}

function found<T>(entity: T | undefined, kind: string, id: string): T {
  if (entity === undefined) throw notFound(kind, id);
  return entity;
}

/** @param id is quoted only when it has the form of one: what else stands in a path is not echoed. */
export function notFound(kind: string, id: string): ServiceError {
  const what = Id.safeParse(id).success ? `${kind} ${id}` : `such ${kind}`;
  return new ServiceError("not-found", `There is no ${what}.`);
}
