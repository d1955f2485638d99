// Applies operations to a configuration document: the one place where configuration changes, whoever asks for it. The
// operations are carried out in order, then the rules between entities are checked once, on the result: a change set may
// pass through states that could not be published.
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { ApiProblemCode, Fault } from "#lib/contracts/problem.ts";
import { routeName } from "../routing/specificity.ts";
import { codeOf, faultOf, type Violation, violationsOf } from "./rules.ts";
import { type Step, Workbench } from "./workbench.ts";

export interface Refusal {
  ok: false;
  code: ApiProblemCode;
  /** Paths are fields of the entity that the operation names; `[]` is the entity as a whole. */
  faults: Fault[];
  /** Index of the operation that is refused. */
  operation: number;
}
export type Applied = { ok: true; document: ConfigDocument } | Refusal;

/**
 * The document after `operations`, or why not: `not-found` (unknown id), `duplicate-name`, `pool-in-use`, `route-tie`,
 * `conflict` (second default pool, id already used), `invalid-input`. The input is never changed; when the operations
 * change nothing, the very same document comes back.
 */
export function applyOperations(document: ConfigDocument, operations: readonly ConfigOperation[]): Applied {
  const bench = new Workbench(document);
  const touchedBy = new Map<string, number>();
  const deletedPools = new Map<string, number>();
  for (const [index, operation] of operations.entries()) {
    const refused = bench.apply(operation);
    if (refused) return { ...refused, operation: index };
    if (operation.op === "document.replace") {
      touchedBy.clear();
      deletedPools.clear();
      continue;
    }
    // No rule ties the proxy's own settings to anything else.
    if (operation.op === "proxy.update") continue;
    touchedBy.set(operation.id, index);
    if (operation.op === "pool.delete") deletedPools.set(operation.id, index);
  }
  const next = bench.document();
  if (next === document) return { ok: true, document };
  return refusalsOf(next, touchedBy, deletedPools)[0] ?? { ok: true, document: next };
}

/** The document after `operations`, whatever the rules between entities say; they must fit the document. @throws {Error} */
export function carryOut(document: ConfigDocument, operations: readonly ConfigOperation[]): ConfigDocument {
  const bench = new Workbench(document);
  for (const operation of operations) {
    const refused = bench.apply(operation);
    if (refused) throw new Error(`${operation.op}: ${JSON.stringify(refused.faults)}`);
  }
  return bench.document();
}

/** Carries one operation out; the rules between entities are not looked at. */
export function applyOperation(document: ConfigDocument, operation: ConfigOperation): Step {
  const bench = new Workbench(document);
  const refused = bench.apply(operation);
  return refused ?? { ok: true, document: bench.document() };
}

/**
 * The rules that the touched entities break, told from the view of the entity that was touched last: a refusal for each
 * operation and code, the first rule's first; a pool in use before all.
 * @param touchedBy entity's id → index of the operation that touched it last @param deletedPools likewise
 */
export function refusalsOf(
  document: ConfigDocument,
  touchedBy: ReadonlyMap<string, number>,
  deletedPools: ReadonlyMap<string, number>,
): Refusal[] {
  const inUse = new Map<string, Refusal>();
  const told = new Map<string, Refusal>();
  for (const violation of violationsOf(document)) {
    const { subject, other, poolId } = violation;
    const deletion = poolId === undefined ? undefined : deletedPools.get(poolId);
    const bySubject = touchedBy.get(subject.id) ?? -1;
    const byOther = other ? (touchedBy.get(other.id) ?? -1) : -1;
    if (deletion !== undefined && deletion > bySubject)
      inUse.set(poolId as string, poolInUse(document, poolId as string, deletion));
    else if (other && byOther > bySubject) tell(told, { ...violation, subject: other, other: subject }, byOther);
    else if (bySubject >= 0) tell(told, violation, bySubject);
  }
  return [...inUse.values(), ...told.values()];
}

function tell(told: Map<string, Refusal>, violation: Violation, operation: number): void {
  const code = codeOf(violation);
  const key = `${operation} ${code}`;
  const refusal = told.get(key) ?? { ok: false, code, faults: [], operation };
  refusal.faults.push(faultOf(violation));
  told.set(key, refusal);
}

function poolInUse(document: ConfigDocument, poolId: string, operation: number): Refusal {
  const names = document.routes.filter((route) => route.poolId === poolId).map(routeName);
  const message = `is used by ${names.length === 1 ? "the route" : "the routes"} ${names.join(", ")}`;
  return { ok: false, code: "pool-in-use", faults: [{ path: [], code: "pool-in-use", message }], operation };
}
