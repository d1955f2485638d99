// Which fields differ between two JSON values, for people.

export type FieldChange = { path: string; before: unknown; after: unknown };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Stands for what nobody may read. */
export const HIDDEN = "••••";
/** A secret is known by a reference, whose last part tells which of its values it is. */
const isReference = (value: unknown): value is { secret: string } =>
  isObject(value) && typeof value.secret === "string" && Object.keys(value).length === 1;
const referenceText = ({ secret }: { secret: string }): string => `${HIDDEN} (${secret.slice(-6)})`;

/** Fields of nested objects by dotted path; lists and plain values are leaves. */
function leaves(value: unknown, path: string[] = []): [string, unknown][] {
  if (!isObject(value) || isReference(value))
    return value === null || value === undefined ? [] : [[path.join("."), value]];
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
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  return isReference(value) ? referenceText(value) : JSON.stringify(value, told);
}

/** For JSON.stringify: secrets by what they are known by. */
export const told = (_key: string, value: unknown): unknown => (isReference(value) ? referenceText(value) : value);
