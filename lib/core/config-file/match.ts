// Which entity in force an entity of a file means: the one with its id, else the one with its name. An id that is not known
// makes an entity of that id, so that a file brings back what it once was the export of, on an empty installation as well.
import type { Fault } from "#lib/contracts/problem.ts";
import { nameKey } from "../config/same.ts";

export interface Described {
  id?: string | undefined;
  name: string;
}
export interface Known {
  id: string;
  name: string;
}
export interface Match<F, K> {
  /** Place in the file. */
  path: Fault["path"];
  described: F;
  id: string;
  /** In force now; null: it is new. */
  known: K | null;
}
export interface Matched<F, K> {
  matches: Match<F, K>[];
  faults: Fault[];
}
/** What is asked of the entities in force: those that a name may mean, and those that an id may. */
export interface Candidates<F, K extends Known> {
  kind: "pool" | "node" | "route";
  byId: ReadonlyMap<string, K>;
  /** What two entities may not both have; null: it can only be told by id. */
  keyOf: (entity: F | K) => string | null;
  /** In force, among which a name is looked for. */
  named: readonly K[];
  /** Ids that stand somewhere in the file: what has one of them is not meant by a name. */
  claimed: ReadonlySet<string>;
  /** Ids met so far, and where; goes on from list to list. */
  seen: Map<string, string>;
}

/** For each of `list`, which stands at `base` in the file, what it means. Every fault is told; who has one is left out. */
export function matchEntities<F extends Described, K extends Known>(
  list: readonly F[],
  base: Fault["path"],
  { kind, byId, keyOf, named, claimed, seen }: Candidates<F, K>,
  newId: () => string,
): Matched<F, K> {
  const result: Matched<F, K> = { matches: [], faults: [] };
  const byKey = uniqueByKey(named, keyOf);
  const keys = new Map<string, number>();
  for (const [at, described] of list.entries()) {
    const path = [...base, at];
    const fault = (field: string, code: string, message: string) =>
      result.faults.push({ path: [...path, field], code, message });
    const { id } = described;
    const key = keyOf(described);
    const twin = key === null ? undefined : keys.get(key);
    const namesake = key === null ? undefined : byKey.get(key);
    const holder = id === undefined ? undefined : seen.get(id);
    if (holder !== undefined) {
      fault("id", "duplicate-id", `is that of ${holder} as well`);
      continue;
    }
    if (twin !== undefined) {
      fault("name", "duplicate-name", `is that of ${[...base, twin].join(".")} as well`);
      continue;
    }
    if (id !== undefined) seen.set(id, path.join("."));
    if (key !== null) keys.set(key, at);
    const byName = namesake && !claimed.has(namesake.id) ? namesake : undefined;
    if (id !== undefined && !byId.has(id) && byName) {
      fault(
        "id",
        "id-differs",
        `the ${kind} ${byName.name || "that matches this"} has the id ${byName.id}; leave the id out to mean it`,
      );
      continue;
    }
    const known = id === undefined ? (byName ?? null) : (byId.get(id) ?? null);
    result.matches.push({ path, described, id: known?.id ?? id ?? newId(), known });
  }
  return result;
}

/** Those that have a key which no other has. */
function uniqueByKey<K>(entities: readonly K[], keyOf: (entity: K) => string | null): ReadonlyMap<string, K> {
  const found = new Map<string, K>();
  const repeated = new Set<string>();
  for (const entity of entities) {
    const key = keyOf(entity);
    if (key === null) continue;
    if (found.has(key)) repeated.add(key);
    found.set(key, entity);
  }
  for (const key of repeated) found.delete(key);
  return found;
}

export const keyOfName = ({ name }: Described): string => nameKey(name);
