// What forms share, without React: faults of the contracts as errors of fields, and the fields that a person changed.
import type { z } from "zod";
import type { Patch } from "#lib/contracts/config.ts";
import { NESTED_GROUPS, SETTINGS_GROUPS } from "#lib/core/config/patch.ts";
import { isRecord, sameValue } from "#lib/core/config/same.ts";

type PathPart = string | number;
/** One fault of a field, from the contract in the browser or from the API; `bound` is the limit that was passed. */
export type FieldFault = { path: readonly PathPart[]; code: string; message: string; bound?: number; origin?: string };
/** Errors by the form's path of the field: `match.host`, `nodes.0.url`. */
export type FieldErrors = Record<string, string>;
export type Describe = (fault: FieldFault) => string;

const pathOf = (path: readonly PropertyKey[]): PathPart[] =>
  path.map((part) => (typeof part === "number" ? part : String(part)));

/** The faults of `input` by `schema`; none when it is valid. */
export function fieldFaults(schema: z.ZodType, input: unknown): FieldFault[] {
  const result = schema.safeParse(input);
  if (result.success) return [];
  return result.error.issues.map((issue) => {
    const fault = { path: pathOf(issue.path), code: issue.code, message: issue.message };
    if (issue.code === "too_small") return { ...fault, bound: Number(issue.minimum), origin: issue.origin };
    if (issue.code === "too_big") return { ...fault, bound: Number(issue.maximum), origin: issue.origin };
    // What is wrong with a record's key is told by the schema of its keys.
    if (issue.code === "invalid_key") return { ...fault, message: issue.issues[0]?.message ?? issue.message };
    return issue.code === "invalid_type" ? { ...fault, origin: issue.expected } : fault;
  });
}

/** Faults as errors of fields, the first of each field; `rename` gives a field's path in the form. */
export function fieldErrors(
  faults: readonly FieldFault[],
  describe: Describe,
  rename: (path: readonly PathPart[]) => string = (path) => path.join("."),
): FieldErrors {
  const errors: FieldErrors = {};
  for (const fault of faults) errors[rename(fault.path)] ??= describe(fault);
  return errors;
}

/** Whether the API merges what is at `path` by its members. */
function isMerged(path: string): boolean {
  const [group = "", nested, ...deeper] = path.split(".");
  if (!(SETTINGS_GROUPS as readonly string[]).includes(group) || deeper.length > 0) return false;
  return nested === undefined || (NESTED_GROUPS[group] ?? []).includes(nested);
}

/** What differs from `before`, as the API merges it: settings groups by their members, everything else whole. */
export function changedFields(before: Record<string, unknown>, after: Record<string, unknown>, prefix = ""): Patch {
  const patch: Patch = {};
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    if (sameValue(value, old)) continue;
    const isGroup = isMerged(prefix + key);
    patch[key] = isGroup && isRecord(value) && isRecord(old) ? changedFields(old, value, `${prefix}${key}.`) : value;
  }
  return patch;
}

/** Paths of what a patch changes, as far down as the API merges: `breaker.openMs`. */
export function changedPaths(patch: Patch, prefix = ""): string[] {
  return Object.entries(patch).flatMap(([key, value]) => {
    const path = prefix + key;
    return isMerged(path) && isRecord(value) ? changedPaths(value, `${path}.`) : [path];
  });
}
