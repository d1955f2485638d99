// What comes of a file: the configuration there would be, and every fault at its place in the file.
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigFile, OmittedEntity } from "#lib/contracts/config-file.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import { carryOut } from "../config/apply.ts";
import { faultOf, type Violation, violationsOf } from "../config/rules.ts";
import { type Plan, type PlanOptions, planFile } from "./plan.ts";

export type Resolved =
  | {
      ok: true;
      document: ConfigDocument;
      operations: ConfigOperation[];
      omitted: OmittedEntity[];
      /** Id of an entity to its place in the file. */
      places: Plan["places"];
    }
  | { ok: false; faults: Fault[] };

/** What `file` makes of `document`; the very same document comes back when it changes nothing. */
export function resolveFile(document: ConfigDocument, file: ConfigFile, options: PlanOptions): Resolved {
  const { operations, places, omitted, faults } = planFile(document, file, options);
  if (faults.length > 0) return { ok: false, faults };
  const next = carryOut(document, operations);
  const broken = violationsOf(next).map((violation) => faultInFile(violation, places));
  return broken.length > 0 ? { ok: false, faults: broken } : { ok: true, document: next, operations, omitted, places };
}

/** Told at the entity that stands in the file; of two that collide one always does, or what it needs is deleted. */
function faultInFile(violation: Violation, places: Plan["places"]): Fault {
  const { subject, other } = violation;
  const place = places.get(subject.id);
  if (place) return faultOf(violation, place);
  const otherPlace = other && places.get(other.id);
  if (other && otherPlace) return faultOf({ ...violation, subject: other, other: subject }, otherPlace);
  const { message, code } = faultOf(violation);
  const why = violation.rule === "unknown-pool" ? "leads to a pool that this file deletes" : message;
  return {
    path: [`${subject.kind}s`],
    code,
    message: `the ${subject.kind} ${subject.name}, which this file does not hold, ${why}`,
  };
}
