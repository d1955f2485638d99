import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";

/**
 * The pool that an operation keeps to; null for what concerns more than one there is: a new pool, a route, the proxy, the
 * whole document, and a node that `document` does not have.
 */
export function poolOfOperation(operation: ConfigOperation, document: ConfigDocument): string | null {
  switch (operation.op) {
    case "pool.update":
    case "pool.delete":
      return operation.id;
    case "node.create":
      return operation.poolId;
    case "node.update":
    case "node.delete":
      return document.pools.find(({ nodes }) => nodes.some(({ id }) => id === operation.id))?.id ?? null;
    case "pool.create":
    case "route.create":
    case "route.update":
    case "route.delete":
    case "proxy.update":
    case "document.replace":
      return null;
  }
}
