// Where an entity of a change set is edited: the page, and where possible the form.
import type { Route } from "next";
import type { ChangeSetDetail, OperationView } from "#lib/contracts/change-sets.ts";

type Edited = Pick<OperationView, "kind" | "entityId" | "operation">;

/** Null: it is removed, so that there is no form for it. */
export function entityHref(
  { kind, entityId, operation }: Edited,
  { changes }: Pick<ChangeSetDetail, "changes">,
): Route | null {
  const change = changes.find(({ id }) => id === entityId);
  if (operation.op.endsWith(".delete")) return null;
  switch (kind) {
    case "proxy":
      return "/proxy" as Route;
    case "route":
      return `/routes?edit=${entityId}` as Route;
    case "pool":
      return `/pools/${entityId}?tab=config` as Route;
    case "node": {
      const poolId = operation.op === "node.create" ? operation.poolId : change?.pool?.id;
      return poolId === undefined ? null : (`/pools/${poolId}?edit=${entityId}` as Route);
    }
  }
}
