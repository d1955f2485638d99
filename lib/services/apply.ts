import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { type ApiProblemCode, type Fault, ServiceError } from "#lib/contracts/problem.ts";
import { applyOperations } from "#lib/core/config/apply.ts";

/** Where in the caller's input an operation comes from; its faults are told there. */
export type FaultPath = (operation: number) => Fault["path"];

/** The document after `operations`. @throws {ServiceError} with every fault of the operation that is refused */
export function applyOrThrow(
  document: ConfigDocument,
  operations: readonly ConfigOperation[],
  faultPath: FaultPath = () => [],
): ConfigDocument {
  const applied = applyOperations(document, operations);
  if (applied.ok) return applied.document;
  throw refused(applied.code, faultsAt(faultPath(applied.operation), applied.faults));
}

/** `faults` of what stands at `base` of the caller's input. */
export const faultsAt = (base: Fault["path"], faults: readonly Fault[]): Fault[] =>
  faults.map((fault) => ({ ...fault, path: [...base, ...fault.path] }));

export const refused = (code: ApiProblemCode, faults: Fault[]): ServiceError =>
  new ServiceError(code, messageOf(code, faults), { faults });

const MESSAGES: Partial<Record<ApiProblemCode, string>> = {
  "not-found": "There is no such thing (any more)",
  "pool-in-use": "The pool cannot be removed",
};

function messageOf(code: ApiProblemCode, faults: Fault[]): string {
  const told = faults.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": ")).join("; ");
  const lead = MESSAGES[code];
  return lead ? `${lead}: ${told}` : told;
}
