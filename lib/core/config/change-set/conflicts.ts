// Three-way comparison of a change set with what others published: base is what its operations saw, theirs what is in force,
// mine what it makes of it. Same field, three different values (or a removal against a change): a conflict.
import type { Seen, StagedOperation } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument, ConfigPool } from "#lib/contracts/config.ts";
import type { Conflict } from "#lib/contracts/publishing.ts";
import { hashText } from "../../balance/hash.ts";
import { canonicalJson, sameValue } from "../same.ts";
import {
  type Entity,
  type EntityOperation,
  type Fields,
  fieldsOf,
  findEntity,
  patchedFields,
  type Target,
  targetOf,
  titleOf,
} from "./entities.ts";

/** A conflict, but for who published the other side. */
export type Clash = Omit<Conflict, "by"> & {
  /** The revision that the first of its operations was decided on. */ readonly decidedOn: number;
};

/** What a change set does to one entity that was in force when it was first touched. */
interface Touch {
  readonly target: Target;
  readonly entries: StagedOperation[];
  /** First sight of each field. */
  readonly seen: Map<string, unknown>;
}

export function conflictsOf(
  head: ConfigDocument,
  staged: ConfigDocument,
  entries: readonly StagedOperation[],
): Clash[] {
  return [...touchesOf(entries).values()].flatMap((touch) => {
    const theirs = findEntity(head, touch.target);
    const mine = findEntity(staged, touch.target);
    if (!theirs) return isRemoval(touch) ? [] : [removedByThem(head, touch)];
    return [...touch.seen].flatMap(([path, base]) =>
      path === ""
        ? removedByMe(head, touch, base as Entity, theirs, mine)
        : field(head, touch, path, base, theirs, mine),
    );
  });
}

function touchesOf(entries: readonly StagedOperation[]): Map<string, Touch> {
  const touches = new Map<string, Touch>();
  for (const entry of entries) {
    if (entry.seen.length === 0) continue;
    const target = targetOf(entry.operation as EntityOperation);
    const touch: Touch = touches.get(target.id) ?? { target, entries: [], seen: new Map() };
    touch.entries.push(entry);
    for (const { path, value } of entry.seen) if (!touch.seen.has(path)) touch.seen.set(path, value ?? null);
    touches.set(target.id, touch);
  }
  return touches;
}

const isRemoval = ({ entries }: Touch): boolean => entries.at(-1)?.operation.op.endsWith(".delete") ?? false;

function field(
  head: ConfigDocument,
  touch: Touch,
  path: string,
  base: unknown,
  theirEntity: Entity,
  myEntity: Entity | undefined,
): Clash[] {
  const theirs = fieldsOf(theirEntity).get(path) ?? null;
  const mine = (myEntity && fieldsOf(myEntity).get(path)) ?? null;
  if (sameValue(theirs, base) || sameValue(theirs, mine)) return [];
  const concerned = touch.entries.filter(({ seen }) => seen.some((each) => each.path === path));
  return [clash(head, touch, concerned, { what: "field", path, base, theirs, mine })];
}

function removedByThem(head: ConfigDocument, touch: Touch): Clash {
  const mine = new Map<string, unknown>();
  for (const { operation } of touch.entries)
    if ("patch" in operation) for (const [path, value] of patchedFields(operation.patch)) mine.set(path, value);
  const sides = { base: Object.fromEntries(touch.seen), theirs: null, mine: Object.fromEntries(mine) };
  return clash(head, touch, touch.entries, { what: "removed-by-them", path: "", ...sides });
}

function removedByMe(
  head: ConfigDocument,
  touch: Touch,
  base: Entity,
  theirs: Entity,
  mine: Entity | undefined,
): Clash[] {
  if (mine !== undefined || sameValue(base, theirs)) return [];
  const [was, is] = [allFields(base), allFields(theirs)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].filter((path) => !sameValue(was.get(path), is.get(path)));
  // A changed order alone is no change.
  if (paths.length === 0) return [];
  const pick = (fields: Fields) => Object.fromEntries(paths.map((path) => [path, fields.get(path) ?? null]));
  const removals = touch.entries.filter(({ operation }) => operation.op.endsWith(".delete"));
  const sides = { base: pick(was), theirs: pick(is), mine: null };
  return [clash(head, touch, removals, { what: "removed-by-me", path: "", ...sides })];
}

/** Fields of a pool with those of its nodes: who removes it removes them. */
function allFields(entity: Entity): Fields {
  const nodes = "nodes" in entity ? (entity as ConfigPool).nodes : [];
  const ofNodes = nodes.flatMap((node) =>
    [...fieldsOf(node)].map(([path, value]) => [`nodes.${node.name}.${path}`, value] as const),
  );
  return new Map([...fieldsOf(entity), ...ofNodes]);
}

type Sides = Pick<Conflict, "what" | "path" | "base" | "theirs" | "mine">;

function clash(head: ConfigDocument, { target, entries }: Touch, concerned: StagedOperation[], sides: Sides): Clash {
  // The id holds what theirs is: a resolution never covers what was not shown.
  const id = `${target.id}:${sides.path}:${hashText(canonicalJson(sides.theirs)).toString(16)}`;
  return {
    id,
    kind: target.kind,
    entityId: target.id,
    name: titleOf(head, target) ?? nameSeen(entries),
    ...sides,
    operationIds: concerned.map((entry) => entry.id),
    decidedOn: Math.min(...concerned.map(({ base }) => base)),
  };
}

/** Of what is in force no more: the best that the change set itself knows. */
function nameSeen(entries: readonly StagedOperation[]): string {
  const seen: Seen[] = entries.flatMap((entry) => entry.seen);
  const name = seen.find(({ path }) => path === "name")?.value;
  return typeof name === "string" ? name : "";
}
