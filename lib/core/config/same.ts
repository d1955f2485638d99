// Equality of configuration values: JSON values, where a missing field and an undefined one are the same and the order
// of an object's fields says nothing.
import type { ConfigDocument, ConfigPool } from "#lib/contracts/config.ts";

/** Whether both documents configure the same, field by field; the order of pools, nodes and routes counts. */
export const sameDocument = (a: ConfigDocument, b: ConfigDocument): boolean => sameValue(a, b);

/**
 * Pools of either document that the other has field by field: the objects of both. One object in both costs no comparison,
 * documents that were read apart one per pool.
 */
export function unchangedPools(before: ConfigDocument, after: ConfigDocument): ReadonlySet<ConfigPool> {
  const earlier = new Map(before.pools.map((pool) => [pool.id, pool]));
  return new Set(
    after.pools.flatMap((pool) => {
      const was = earlier.get(pool.id);
      return was !== undefined && sameValue(was, pool) ? [was, pool] : [];
    }),
  );
}

/** Deep equality of two JSON values. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameValue(item, b[index]))
    );
  if (!isRecord(a) || !isRecord(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => sameValue(own(a, key), own(b, key)));
}

/** A plain object: neither null nor an array. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const own = (record: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Two names are the same when their keys are: compared without case. */
export const nameKey = (name: string): string => name.normalize("NFC").toLowerCase();

/** JSON of a value in which the order of fields says nothing: the same for the same value, whoever wrote it. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
