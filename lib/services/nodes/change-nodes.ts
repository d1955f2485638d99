import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { type BulkNodes, BulkNodesInput, type NodeChange } from "#lib/contracts/bulk.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { ApiProblemCode, Fault } from "#lib/contracts/problem.ts";
import { Workbench } from "#lib/core/config/workbench.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { faultsAt, refused } from "#lib/services/apply.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findNode } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { broughtWarnings, toWarning } from "#lib/services/publish-warnings.ts";
import { nodeViews } from "#lib/services/views.ts";

/** Of a change, in the caller's input, where faults of what it makes are. */
const FIELD_OF = { create: ["node"], update: ["patch"], delete: [] } as const satisfies Record<
  NodeChange["do"],
  string[]
>;

/**
 * Creates, changes and deletes many nodes as one revision, all or none, in the given order.
 * @throws {ServiceError} with every fault of every change at its path, `stale-revision`, `out-of-scope`, `unconfirmed-warnings`
 */
export async function changeNodes(
  actor: Actor,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<Omit<BulkNodes, "revision">>> {
  requireRole(actor, "publisher");
  const { changes, note } = parse(BulkNodesInput, input);
  const before = await headOf(options.changeSet);
  const operations = changes.map(operationOf);
  const pathOf = (at: number): Fault["path"] => {
    const change = changes[at];
    return change ? ["changes", at, ...FIELD_OF[change.do]] : [];
  };
  requireAll(actor, before.document, operations, pathOf);
  const { document, ...published } = await publish(actor, operations, { ...options, note }, pathOf);
  const made = operations.flatMap((operation) =>
    operation.op === "node.delete" || !("id" in operation) ? [] : [findNodeIfThere(document, operation.id)],
  );
  const views = await nodeViews(made.filter((found) => found !== null));
  const byId = new Map(views.map((view) => [view.id, view]));
  const nodes = operations.map((operation) => ("id" in operation ? (byId.get(operation.id) ?? null) : null));
  const isStaged = options.changeSet !== undefined;
  const warnings = isStaged ? (await broughtWarnings(before.document, document)).map(toWarning) : published.warnings;
  return { ...published, entity: { nodes, warnings: [...warnings] } };
}

function operationOf(change: NodeChange): ConfigOperation {
  switch (change.do) {
    case "create":
      return { op: "node.create", id: randomUUID(), poolId: change.poolId, node: change.node };
    case "update":
      return { op: "node.update", id: change.id, patch: change.patch };
    case "delete":
      return { op: "node.delete", id: change.id };
  }
}

/** Publishing tells the faults of the first that is refused; somebody who sends a thousand wants to know all of them. */
function requireAll(
  actor: Actor,
  document: ConfigDocument,
  operations: readonly ConfigOperation[],
  pathOf: (at: number) => Fault["path"],
): void {
  const bench = new Workbench(document);
  let code: ApiProblemCode | undefined;
  const faults: Fault[] = [];
  for (const [at, operation] of operations.entries()) {
    const poolId =
      operation.op === "node.create" ? operation.poolId : "id" in operation && bench.homeOf(operation.id)?.id;
    if (poolId) authoriseInPool(actor, "publisher", poolId);
    const fault = bench.apply(operation);
    if (!fault) continue;
    code ??= fault.code;
    faults.push(...faultsAt(fault.code === "not-found" ? pathOf(at).slice(0, 2) : pathOf(at), fault.faults));
  }
  if (code !== undefined) throw refused(code, faults);
}

function findNodeIfThere(document: ConfigDocument, id: string): ReturnType<typeof findNode> | null {
  return document.pools.some(({ nodes }) => nodes.some((node) => node.id === id)) ? findNode(document, id) : null;
}
