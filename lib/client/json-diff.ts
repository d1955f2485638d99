// Which fields differ between two JSON values, for people.

export type FieldChange = { path: string; before: unknown; after: unknown };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fields of nested objects by dotted path; lists and plain values are leaves. */
function leaves(value: unknown, path: string[] = []): [string, unknown][] {
  if (!isObject(value)) return value === null || value === undefined ? [] : [[path.join("."), value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** The fields that differ, in the order of `before`, then those that are new; a missing side is null. */
export function changedFields(before: unknown, after: unknown): FieldChange[] {
  const was = new Map(leaves(before));
  const is = new Map(leaves(after));
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((path) => ({ path, before: was.get(path) ?? null, after: is.get(path) ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

/** A value as people read it: text without quotes, a dash for nothing, the rest as JSON. */
export const valueText = (value: unknown): string =>
  value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);
