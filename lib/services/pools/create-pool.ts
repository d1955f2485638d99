import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { PoolCreate } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { authorise } from "#lib/services/access.ts";
import { findPool } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { poolViews } from "#lib/services/views.ts";

/**
 * Makes a pool with its first nodes, as one revision.
 * @throws {ServiceError} `invalid-input`, `duplicate-name` or `stale-revision`
 */
export async function createPool(
  actor: Actor,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<PoolView>> {
  authorise(actor, "publisher");
  const { nodes, ...pool } = parse(PoolCreate, input);
  const id = randomUUID();
  const operations: ConfigOperation[] = [
    { op: "pool.create", id, pool },
    ...nodes.map((node) => ({ op: "node.create" as const, id: randomUUID(), poolId: id, node })),
  ];
  const { document, ...published } = await publish(actor, operations, options, (operation) =>
    operation === 0 ? [] : ["nodes", operation - 1],
  );
  const [view] = await poolViews(document, [findPool(document, id)]);
  return { entity: view as PoolView, ...published };
}
