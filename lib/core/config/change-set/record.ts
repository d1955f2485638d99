// What of an operation is kept in a change set: only what it changes, with what was there before.
import type { Seen, StagedOperation } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { applyOperation } from "../apply.ts";
import { validateDocument } from "../validate.ts";
import type { Step } from "../workbench.ts";
import { operationsBetween } from "./between.ts";
import {
  changedFields,
  type EntityOperation,
  fieldsOf,
  findEntity,
  patchOf,
  type Target,
  targetOf,
} from "./entities.ts";

export type Recorded = Pick<StagedOperation, "operation" | "seen">;
export type Recording =
  | { readonly ok: true; readonly document: ConfigDocument; readonly recorded: Recorded[] }
  | Extract<Step, { ok: false }>;

/**
 * What `operation` adds to a change set that makes `staged` of `head`; nothing when it changes nothing.
 * @param earlier its operations so far: a field that they saw was seen then
 */
export function record(
  head: ConfigDocument,
  staged: ConfigDocument,
  earlier: readonly Recorded[],
  operation: ConfigOperation,
): Recording {
  if (operation.op !== "document.replace") return recordOne(head, staged, earlier, operation);
  const validated = validateDocument(operation.document);
  if (!validated.ok) return validated;
  let document = staged;
  const recorded: Recorded[] = [];
  for (const part of operationsBetween(staged, validated.document)) {
    const recording = recordOne(head, document, [...earlier, ...recorded], part);
    if (!recording.ok) return recording;
    document = recording.document;
    recorded.push(...recording.recorded);
  }
  return { ok: true, document, recorded };
}

function recordOne(
  head: ConfigDocument,
  staged: ConfigDocument,
  earlier: readonly Recorded[],
  operation: EntityOperation,
): Recording {
  const target = targetOf(operation);
  const before = findEntity(staged, target);
  if (operation.op.endsWith(".create") && before) return idTaken(target);
  const step = applyOperation(staged, operation);
  if (!step.ok) return step;
  const { document } = step;
  const inForce = findEntity(head, target);
  if (!("patch" in operation)) {
    const seen = operation.op.endsWith(".delete") && inForce ? [{ path: "", value: inForce }] : [];
    return { ok: true, document, recorded: [{ operation, seen }] };
  }
  const [was, is] = [fieldsOf(before ?? document.proxy), fieldsOf(findEntity(document, target) ?? document.proxy)];
  const changed = changedFields(was, is);
  if (changed.length === 0) return { ok: true, document: staged, recorded: [] };
  const known = seenOf(earlier, target);
  const isOwn = isMadeHere(earlier, target);
  const now = inForce && fieldsOf(inForce);
  const seen: Seen[] = isOwn ? [] : changed.map(([path]) => known.get(path) ?? { path, value: now?.get(path) ?? null });
  return { ok: true, document, recorded: [{ operation: { ...operation, patch: patchOf(changed) }, seen }] };
}

/** First sight of the fields of an entity. */
function seenOf(earlier: readonly Recorded[], target: Target): ReadonlyMap<string, Seen> {
  const known = new Map<string, Seen>();
  for (const { operation, seen } of earlier) {
    if (seen.length === 0 || targetOf(operation as EntityOperation).id !== target.id) continue;
    for (const each of seen) if (!known.has(each.path)) known.set(each.path, each);
  }
  return known;
}

const isMadeHere = (earlier: readonly Recorded[], { id }: Target): boolean =>
  earlier.some(({ operation }) => operation.op.endsWith(".create") && targetOf(operation as EntityOperation).id === id);

const idTaken = ({ kind }: Target): Extract<Step, { ok: false }> => ({
  ok: false,
  code: "conflict",
  faults: [{ path: ["id"], code: "duplicate-id", message: `another ${kind} has this id` }],
});
