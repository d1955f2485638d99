// What still stands between a change set and its publish.
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";

export type PublishBlock =
  | { kind: "faults"; count: number }
  | { kind: "conflicts"; count: number }
  | { kind: "warnings"; count: number }
  | { kind: "canary"; count: number }
  | { kind: "nothing" };

/** In the order in which they are dealt with; empty when it can be published. */
export function publishBlocks(
  detail: Pick<ChangeSetDetail, "operations" | "conflicts" | "warnings" | "changes">,
  confirmed: ReadonlySet<string>,
  /** Number of the revision that runs as a canary, if one does. */
  canary?: number,
): PublishBlock[] {
  const faults = detail.operations.filter((operation) => operation.faults.length > 0).length;
  const conflicts = detail.conflicts.length;
  const unconfirmed = detail.warnings.filter(
    ({ id, needsConfirmation }) => needsConfirmation && !confirmed.has(id),
  ).length;
  const blocks: PublishBlock[] = [];
  if (canary !== undefined) blocks.push({ kind: "canary", count: canary });
  if (faults > 0) blocks.push({ kind: "faults", count: faults });
  if (conflicts > 0) blocks.push({ kind: "conflicts", count: conflicts });
  if (unconfirmed > 0) blocks.push({ kind: "warnings", count: unconfirmed });
  if (blocks.length === 0 && detail.changes.length === 0) blocks.push({ kind: "nothing" });
  return blocks;
}
