// Where a configuration may hold secrets, written once: sealing what a caller gives, opening it in a worker, and finding what a
// revision refers to all walk the same places. Also walks what no schema has seen yet, such as a patch: what has not the
// form of a secret is left as it is, for the schema to refuse.
import type { ConfigDocument, ConfigNode, ConfigPool, ConfigRoute, Secret, SecretRef } from "#lib/contracts/config.ts";
import { type ConfigOperation, PROXY_ID } from "#lib/contracts/operations.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import { isRecord } from "./same.ts";

/** Stands in for a secret that is not stored (yet): in previews of what a caller gave. */
export const NEW_SECRET: SecretRef = { secret: "00000000-0000-0000-0000-000000000000" };

export interface SecretPlace {
  /** The node, pool or route that it belongs to; PROXY_ID: the proxy as a whole. */
  ownerId: string;
  /** Within that; in a whole document: from its top. */
  path: Fault["path"];
  /** What it will be part of, which decides what it may hold. */
  kind: "header" | "query";
}
/** What stands in the place of a secret afterwards: the same one when nothing changes. */
export type MapSecret = (secret: Secret, place: SecretPlace) => Secret;

export const isSecretRef = (value: unknown): value is SecretRef =>
  isRecord(value) && typeof value.secret === "string" && Object.keys(value).length === 1;
export const isSecretText = (value: unknown): value is { value: string } =>
  isRecord(value) && typeof value.value === "string" && Object.keys(value).length === 1;
const isSecret = (value: unknown): value is Secret => isSecretRef(value) || isSecretText(value);

type Step = (value: unknown, path: Fault["path"]) => unknown;

/** `record` with `step` carried out on one of its fields; the very same when that changes nothing. */
function field(record: unknown, key: string, path: Fault["path"], step: Step): unknown {
  if (!isRecord(record) || !Object.hasOwn(record, key)) return record;
  const next = step(record[key], [...path, key]);
  return next === record[key] ? record : { ...record, [key]: next };
}

function each(list: unknown, path: Fault["path"], step: Step): unknown {
  if (!Array.isArray(list)) return list;
  const next = list.map((item, at) => step(item, [...path, at]));
  return next.some((item, at) => item !== list[at]) ? next : list;
}

function headerValues(record: unknown, path: Fault["path"], ownerId: string, map: MapSecret): unknown {
  if (!isRecord(record)) return record;
  let next = record;
  for (const [name, value] of Object.entries(record)) {
    if (!isSecret(value)) continue;
    const mapped = map(value, { ownerId, path: [...path, name], kind: "header" });
    if (mapped !== value) next = { ...next, [name]: mapped };
  }
  return next;
}

function credential(value: unknown, path: Fault["path"], ownerId: string, map: MapSecret): unknown {
  const kind = isRecord(value) && value.in === "query" ? "query" : "header";
  return field(value, "value", path, (given, at) => {
    const secret = typeof given === "string" ? { value: given } : given;
    if (!isSecret(secret)) return given;
    const mapped = map(secret, { ownerId, path: at, kind });
    return mapped === secret ? given : mapped;
  });
}

const edits =
  (ownerId: string, map: MapSecret): Step =>
  (value, path) =>
    field(value, "set", path, (set, at) => headerValues(set, at, ownerId, map));

function inNode(node: unknown, ownerId: string, map: MapSecret, path: Fault["path"] = []): unknown {
  const edited = field(node, "requestHeaders", path, edits(ownerId, map));
  return field(edited, "credentials", path, (list, at) =>
    each(list, at, (item, place) => credential(item, place, ownerId, map)),
  );
}

const inRoute = (route: unknown, ownerId: string, map: MapSecret, path: Fault["path"] = []): unknown =>
  field(route, "requestHeaders", path, edits(ownerId, map));

function inPool(pool: unknown, ownerId: string, map: MapSecret, path: Fault["path"] = []): unknown {
  const ofLevel: Step = (level, at) =>
    field(level, "headers", at, (headers, place) => headerValues(headers, place, ownerId, map));
  return field(pool, "healthCheck", path, (check, at) =>
    field(field(check, "http", at, ofLevel), "business", at, ofLevel),
  );
}

/** The proxy's own settings, or a patch of them. */
const inProxy = (proxy: unknown, map: MapSecret, path: Fault["path"] = []): unknown =>
  field(proxy, "tracing", path, (tracing, at) =>
    field(tracing, "headers", at, (headers, place) => headerValues(headers, place, PROXY_ID, map)),
  );

/** What a pool, node or route becomes: what `make` makes of it, or what it became when it was met before. */
export type Reuse = <T extends object>(entity: T, make: () => unknown) => unknown;

/**
 * The document with `map` carried out on each of its secrets; the very same one when nothing changes.
 * @param reuse for who maps documents that share most of their parts; a node is met within its pool
 */
export function mapSecrets(
  document: ConfigDocument,
  map: MapSecret,
  reuse: Reuse = (_entity, make) => make(),
): ConfigDocument {
  const ofNode: Step = (value, path) => {
    const node = value as ConfigNode;
    return reuse(node, () => inNode(node, node.id, map, path));
  };
  const pools = each(document.pools, ["pools"], (value, path) => {
    const pool = value as ConfigPool;
    return reuse(pool, () =>
      field(inPool(pool, pool.id, map, path), "nodes", path, (nodes, at) => each(nodes, at, ofNode)),
    );
  });
  const routes = each(document.routes, ["routes"], (value, path) => {
    const route = value as ConfigRoute;
    return reuse(route, () => inRoute(route, route.id, map, path));
  });
  const proxy = reuse(document.proxy, () => inProxy(document.proxy, map, ["proxy"]));
  if (pools === document.pools && routes === document.routes && proxy === document.proxy) return document;
  return { ...document, pools, routes, proxy } as ConfigDocument;
}

/** The operation likewise. Paths are of the entity that it names; of a whole document: from its top. */
export function mapOperationSecrets(operation: ConfigOperation, map: MapSecret): ConfigOperation {
  const part = (key: string, step: (value: unknown, ownerId: string, map: MapSecret) => unknown) =>
    "id" in operation
      ? (field(operation, key, [], (value) => step(value, operation.id, map)) as ConfigOperation)
      : operation;
  switch (operation.op) {
    case "pool.create":
      return part("pool", inPool);
    case "pool.update":
      return part("patch", inPool);
    case "node.create":
      return part("node", inNode);
    case "node.update":
      return part("patch", inNode);
    case "route.create":
      return part("route", inRoute);
    case "route.update":
      return part("patch", inRoute);
    case "document.replace": {
      const document = mapSecrets(operation.document, map);
      return document === operation.document ? operation : { ...operation, document };
    }
    case "pool.delete":
    case "node.delete":
    case "route.delete":
      return operation;
    case "proxy.update":
      return field(operation, "patch", [], (patch) => inProxy(patch, map)) as ConfigOperation;
  }
}

/** Every reference of a document, with the entity that it stands in. */
export function secretRefsOf(document: ConfigDocument): { id: string; ownerId: string }[] {
  const refs: { id: string; ownerId: string }[] = [];
  mapSecrets(document, (secret, { ownerId }) => {
    if ("secret" in secret) refs.push({ id: secret.secret, ownerId });
    return secret;
  });
  return refs;
}

/** Faults for what stands in clear in a document: it was not sealed, and must go nowhere. */
export function clearSecretsOf(document: ConfigDocument): Fault[] {
  const faults: Fault[] = [];
  mapSecrets(document, (secret, { path }) => {
    if ("value" in secret) faults.push({ path, code: "secret-in-clear", message: "is a secret that is not sealed" });
    return secret;
  });
  return faults;
}

/** For people and previews: what was given anew is told as `NEW_SECRET`. */
export const maskSecrets = (document: ConfigDocument): ConfigDocument =>
  mapSecrets(document, (secret) => ("value" in secret ? NEW_SECRET : secret));

/** The value of a header, or of a secret, in a document that was opened. @throws {Error} for a reference: it was not */
export function openedText(value: string | Secret): string {
  if (typeof value === "string") return value;
  if ("value" in value) return value.value;
  throw new Error(`the secret ${value.secret} was not opened`);
}
