// Validation of a whole document: what a roll-back, an import and a worker's start go through. All faults at once.
import { ConfigDocument } from "#lib/contracts/config.ts";
import type { ApiProblemCode, Fault } from "#lib/contracts/problem.ts";
import { faultsOf } from "../faults.ts";
import { codeOf, faultOf, violationsOf } from "./rules.ts";
import { sameValue } from "./same.ts";
import { warningsOf } from "./warnings.ts";

export type Validated =
  | { ok: true; document: ConfigDocument; warnings: Fault[] }
  | { ok: false; code: ApiProblemCode; faults: Fault[] };

/**
 * Parses `input` and checks the rules between its entities. Faults carry their place in the document (`["pools", 0,
 * "nodes", 2, "url"]`); `code` is that of the first. The very same object comes back if it needed no defaults.
 */
export function validateDocument(input: unknown): Validated {
  const parsed = ConfigDocument.safeParse(input);
  if (!parsed.success) return { ok: false, code: "invalid-input", faults: faultsOf(parsed.error) };
  const document = sameValue(parsed.data, input) ? (input as ConfigDocument) : parsed.data;
  const violations = violationsOf(document);
  const [first] = violations;
  if (first)
    return {
      ok: false,
      code: codeOf(first),
      faults: violations.map((violation) => faultOf(violation, violation.subject.path)),
    };
  return { ok: true, document, warnings: warningsOf(document) };
}
