// Differences in the groups in which people think of them: the proxy, each pool with its nodes, the routes.
import { valueText } from "#lib/client/json-diff.ts";
import type { ComparedChange } from "#lib/contracts/comparison.ts";

export type DiffGroup = {
  key: string;
  kind: "proxy" | "pool" | "routes";
  /** Of a pool: its name. */
  name: string;
  /** Of a pool: what became of the pool itself comes first, then its nodes. */
  changes: readonly ComparedChange[];
};
export type DiffCounts = Record<ComparedChange["change"], number>;

/** The proxy, then pools in the order in which they are told, then routes; groups without a difference are left out. */
export function diffGroups(changes: readonly ComparedChange[]): DiffGroup[] {
  const pools = new Map<string, { name: string; changes: ComparedChange[] }>();
  const of = (id: string, name: string) => {
    const known = pools.get(id) ?? { name, changes: [] };
    pools.set(id, known);
    return known.changes;
  };
  for (const change of changes) {
    if (change.kind === "pool") of(change.id, change.name).unshift(change);
    else if (change.kind === "node") of(change.pool?.id ?? change.id, change.pool?.name ?? change.name).push(change);
  }
  const group = (kind: "proxy" | "routes", member: "proxy" | "route"): DiffGroup => ({
    key: kind,
    kind,
    name: "",
    changes: changes.filter((change) => change.kind === member),
  });
  return [
    group("proxy", "proxy"),
    ...[...pools].map(([key, pool]): DiffGroup => ({ key, kind: "pool", ...pool })),
    group("routes", "route"),
  ].filter((one) => one.changes.length > 0);
}

export function diffCounts(changes: readonly ComparedChange[]): DiffCounts {
  const counts: DiffCounts = { added: 0, removed: 0, changed: 0 };
  for (const { change } of changes) counts[change]++;
  return counts;
}

/** A node within its pool is known by its own name. */
export const shortName = ({ kind, name, pool }: ComparedChange): string =>
  kind === "node" && pool && name.startsWith(`${pool.name} / `) ? name.slice(pool.name.length + 3) : name;

/**
 * What `search` finds, in names, fields and values, whatever the case: everything of an entity whose name it is in, else the
 * fields that it is in. Every word must be found.
 * @param labelOf a field as people know it
 */
export function searchDiff(
  changes: readonly ComparedChange[],
  search: string,
  labelOf: (kind: ComparedChange["kind"], path: string) => string = (_, path) => path,
): ComparedChange[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...changes];
  return changes.flatMap((change) => {
    const left = words.filter((word) => !change.name.toLowerCase().includes(word));
    if (left.length === 0) return [change];
    const isFound = (path: string, values: unknown[]) => {
      const text = [path, labelOf(change.kind, path), ...values.map(valueText)].join("\n").toLowerCase();
      return left.every((word) => text.includes(word));
    };
    const fields = change.fields.filter(({ path, before, after }) => isFound(path, [before, after]));
    const same = change.same.filter(({ path, value }) => isFound(path, [value]));
    return fields.length + same.length > 0 ? [{ ...change, fields, same }] : [];
  });
}
