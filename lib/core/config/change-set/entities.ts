// The entities of a document as change sets see them: by id, with their fields as fine as a patch can set them. What a
// patch replaces whole (a route's match, a list) is one field: two people who change parts of it decide on the same thing.
import type {
  ConfigDocument,
  ConfigNode,
  ConfigPool,
  ConfigRoute,
  Patch,
  ProxySettings,
} from "#lib/contracts/config.ts";
import { type ConfigChange, type ConfigOperation, PROXY_ID } from "#lib/contracts/operations.ts";
import { routeName } from "../../routing/specificity.ts";
import { isRemovable, NESTED_GROUPS, SETTINGS_GROUPS } from "../patch.ts";
import { isRecord, sameValue } from "../same.ts";

export type EntityKind = ConfigChange["kind"];
export type Target = { readonly kind: EntityKind; readonly id: string };
/** Every operation but the one that replaces everything: change sets hold no other. */
export type EntityOperation = Exclude<ConfigOperation, { op: "document.replace" }>;
export type Fields = ReadonlyMap<string, unknown>;

export const targetOf = (operation: EntityOperation): Target =>
  operation.op === "proxy.update"
    ? { kind: "proxy", id: PROXY_ID }
    : { kind: operation.op.slice(0, operation.op.indexOf(".")) as EntityKind, id: operation.id };

export type Entity = ConfigPool | ConfigNode | ConfigRoute | ProxySettings;

/** A pool comes with its nodes. */
export function findEntity(document: ConfigDocument, { kind, id }: Target): Entity | undefined {
  switch (kind) {
    case "pool":
      return document.pools.find((pool) => pool.id === id);
    case "node":
      return poolOfNode(document, id)?.nodes.find((node) => node.id === id);
    case "route":
      return document.routes.find((route) => route.id === id);
    case "proxy":
      return document.proxy;
  }
}

export const poolOfNode = (document: ConfigDocument, nodeId: string): ConfigPool | undefined =>
  document.pools.find(({ nodes }) => nodes.some(({ id }) => id === nodeId));

/** As people know it: `payments`, `payments / sg-1`; undefined when the document does not have it. */
export function titleOf(document: ConfigDocument, target: Target): string | undefined {
  if (target.kind === "proxy") return "proxy";
  const entity = findEntity(document, target);
  if (!entity) return undefined;
  if (target.kind === "route") return routeName(entity as ConfigRoute);
  const { name } = entity as ConfigPool | ConfigNode;
  return target.kind === "pool" ? name : `${poolOfNode(document, target.id)?.name} / ${name}`;
}

/** Path → value of every field that a patch can set by itself: `weight`, `breaker.openMs`, `healthCheck.http.path`. */
export function fieldsOf(entity: Entity): Fields {
  const fields = new Map<string, unknown>();
  for (const [key, value] of Object.entries(entity)) {
    if (key === "id" || key === "nodes" || value === undefined) continue;
    if (!isRecord(value) || !isGroup(key)) fields.set(key, value);
    else addGroup(fields, key, value);
  }
  return fields;
}

const isGroup = (key: string): boolean => (SETTINGS_GROUPS as readonly string[]).includes(key);

function addGroup(fields: Map<string, unknown>, group: string, settings: Record<string, unknown>): void {
  const nested = NESTED_GROUPS[group] ?? [];
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (!nested.includes(key) || !isRecord(value)) fields.set(`${group}.${key}`, value);
    else for (const [inner, leaf] of Object.entries(value)) fields.set(`${group}.${key}.${inner}`, leaf);
  }
}

/** What is to be set to come from one to the other; null for a member of a group that is gone. */
export function changedFields(was: Fields, is: Fields): [string, unknown][] {
  const changed = [...is].filter(([path, value]) => !sameValue(was.get(path), value));
  const gone = [...was.keys()].filter((path) => isRemovable(path) && !is.has(path));
  return [...changed, ...gone.map((path): [string, unknown] => [path, null])];
}

/** The patch that sets these fields and no others. */
export function patchOf(fields: Iterable<readonly [string, unknown]>): Patch {
  const patch: Record<string, unknown> = {};
  for (const [path, value] of fields) {
    const steps = path.split(".");
    const last = steps.pop() as string;
    let at = patch;
    for (const step of steps) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return patch;
}

/** What an update in a change set sets, by path: the reverse of `patchOf`. */
export const patchedFields = (patch: Patch): Fields => fieldsOf(patch as unknown as Entity);
