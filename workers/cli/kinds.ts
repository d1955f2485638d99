// The kinds of things that there are to get: where the API has them, what they are called, and what a table shows of them.
import type { Alert } from "#lib/contracts/alerts.ts";
import type { NodeStatus } from "#lib/contracts/runtime.ts";
import type { NodeView, PoolView, RevisionSummary, RouteView, WorkerView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import { textsOf } from "#lib/i18n/translate.ts";
import type { Client } from "./client.ts";
import { UsageFailure } from "./failure.ts";
import { age, type Colour, type Column } from "./output.ts";

/** A node, and the name of the pool that it is in: `payments/a` names it. */
export type NamedNode = NodeView & { poolName: string };

export interface Kind<T> {
  name: string;
  aliases: readonly string[];
  list(client: Client, limit?: string): Promise<T[]>;
  nameOf(item: T): string;
  idOf(item: T): string;
  columns(nowMs: number): Column<T>[];
}

const list = async <T>(client: Client, path: string, query?: Record<string, string | undefined>): Promise<T[]> =>
  (await client.get<{ items: T[] }>(path, query)).items;

/** Histories come in pages. */
async function pages<T>(client: Client, path: string, limit: string | undefined): Promise<T[]> {
  const wanted = limit === undefined ? 50 : Number(limit);
  if (!Number.isInteger(wanted) || wanted < 1) throw new UsageFailure("--limit must be a whole number from 1 up");
  const items: T[] = [];
  let cursor: string | undefined;
  while (items.length < wanted) {
    const query = { limit: String(Math.min(500, wanted - items.length)), cursor };
    const page = await client.get<{ items: T[]; nextCursor: string | null }>(path, query);
    items.push(...page.items);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return items;
}

const COLOURS: Partial<Record<NodeStatus, Colour>> = {
  up: "green",
  down: "red",
  ejected: "red",
  "breaker-open": "red",
  "going-down": "yellow",
  "coming-up": "yellow",
  "breaker-half-open": "yellow",
  degraded: "yellow",
  cooling: "yellow",
  "warming-up": "blue",
  draining: "blue",
  drained: "gray",
  maintenance: "gray",
  unchecked: "gray",
};
export const colourOf = (status: NodeStatus): Colour | undefined => COLOURS[status];
/** Statuses in which a node takes requests. */
export const isServing = (status: NodeStatus): boolean =>
  ["up", "unchecked", "warming-up", "going-down", "degraded", "breaker-half-open"].includes(status);

export const pools: Kind<PoolView> = {
  name: "pool",
  aliases: ["pools", "po"],
  list: (client) => list(client, "/pools"),
  nameOf: ({ name }) => name,
  idOf: ({ id }) => id,
  columns: () => [
    { title: "NAME", value: ({ name }) => name },
    { title: "ALGORITHM", value: ({ algorithm }) => algorithm },
    {
      title: "SERVING",
      value: ({ nodes }) => `${nodes.filter(({ status }) => isServing(status)).length}/${nodes.length}`,
      colour: ({ nodes }) => (nodes.every(({ status }) => isServing(status)) ? undefined : "yellow"),
    },
    { title: "ROUTES", value: ({ routeCount }) => String(routeCount) },
    { title: "DEFAULT", value: ({ isDefault }) => (isDefault ? "yes" : "") },
    { title: "PROTOCOL", value: ({ protocol }) => protocol, wide: true },
    { title: "ID", value: ({ id }) => id, wide: true },
    { title: "DESCRIPTION", value: ({ description }) => description, wide: true },
  ],
};

export const nodes: Kind<NamedNode> = {
  name: "node",
  aliases: ["nodes", "no"],
  list: async (client) => {
    const all = await pools.list(client);
    return all.flatMap(({ name, nodes: its }) => its.map((node) => ({ ...node, poolName: name })));
  },
  nameOf: ({ poolName, name }) => `${poolName}/${name}`,
  idOf: ({ id }) => id,
  columns: (nowMs) => [
    { title: "NAME", value: (node) => nodes.nameOf(node) },
    { title: "STATUS", value: ({ status }) => status, colour: ({ status }) => colourOf(status) },
    { title: "REASON", value: ({ statusReason }) => statusReason },
    { title: "WEIGHT", value: ({ weight }) => String(weight) },
    { title: "URL", value: ({ url }) => url },
    { title: "ADMIN", value: ({ facts }) => facts.admin.state, wide: true },
    { title: "SINCE", value: ({ facts }) => sinceOf(facts.admin.sinceMs, nowMs), wide: true },
    { title: "HEALTH", value: ({ facts }) => facts.health.state, wide: true },
    { title: "BREAKER", value: ({ facts }) => facts.breaker.state, wide: true },
    { title: "BACKUP", value: ({ backup }) => (backup ? "yes" : ""), wide: true },
    { title: "ZONE", value: ({ zone }) => zone, wide: true },
    { title: "ID", value: ({ id }) => id, wide: true },
  ],
};
const sinceOf = (atMs: number, nowMs: number) => (atMs > 0 ? age(atMs, nowMs) : "");

export const routes: Kind<RouteView> = {
  name: "route",
  aliases: ["routes", "ro"],
  list: (client) => list(client, "/routes"),
  nameOf: (route) => routeName(route),
  idOf: ({ id }) => id,
  columns: () => [
    { title: "NAME", value: (route) => routeName(route) },
    { title: "HOST", value: ({ match }) => match.host ?? "*" },
    { title: "PATH", value: ({ match }) => match.pathPrefix ?? "/" },
    { title: "METHOD", value: ({ match }) => match.method ?? "" },
    { title: "TARGET", value: ({ poolName, action }) => (action === null ? poolName : action.kind) },
    { title: "HEADERS", value: ({ match }) => headersText(match.headers ?? {}), wide: true },
    { title: "REWRITE", value: ({ pathRewrite }) => pathRewrite ?? "", wide: true },
    { title: "ID", value: ({ id }) => id, wide: true },
  ],
};
const headersText = (headers: Record<string, string>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");

export const revisions: Kind<RevisionSummary> = {
  name: "revision",
  aliases: ["revisions", "rev"],
  list: (client, limit) => pages(client, "/revisions", limit),
  nameOf: ({ number }) => String(number),
  idOf: ({ number }) => String(number),
  columns: (nowMs) => [
    { title: "REVISION", value: ({ number, isCurrent }) => `${number}${isCurrent ? " *" : ""}` },
    { title: "AGE", value: ({ publishedAt }) => age(Date.parse(publishedAt), nowMs) },
    { title: "AUTHOR", value: ({ author }) => author },
    { title: "CHANGES", value: ({ changeCount }) => String(changeCount) },
    { title: "WHAT", value: ({ action, target }) => `${action} ${target}`.trim() },
    { title: "NOTE", value: ({ note }) => note },
    { title: "PUBLISHED", value: ({ publishedAt }) => publishedAt, wide: true },
  ],
};

export const alerts: Kind<Alert> = {
  name: "alert",
  aliases: ["alerts", "al"],
  list: (client, limit) => pages(client, "/alerts", limit),
  nameOf: ({ id }) => id,
  idOf: ({ id }) => id,
  columns: (nowMs) => [
    { title: "LEVEL", value: ({ level }) => String(level) },
    {
      title: "STATE",
      value: ({ state }) => state,
      colour: ({ state }) => (state === "firing" ? "red" : "gray"),
    },
    { title: "AGE", value: ({ firedAt }) => age(Date.parse(firedAt), nowMs) },
    { title: "RULE", value: ({ rule }) => rule },
    { title: "ABOUT", value: ({ poolName, nodeName }) => [poolName, nodeName].filter(Boolean).join("/") },
    { title: "REASON", value: ({ reason }) => reason },
    { title: "DETAIL", value: ({ detail }) => detail, wide: true },
    { title: "ID", value: ({ id }) => id, wide: true },
  ],
};

export const workers: Kind<WorkerView> = {
  name: "worker",
  aliases: ["workers", "wo"],
  list: (client) => list(client, "/workers"),
  nameOf: ({ id }) => id,
  idOf: ({ id }) => id,
  columns: (nowMs) => [
    { title: "NAME", value: ({ id }) => id },
    { title: "STATE", value: ({ state }) => state, colour: ({ state }) => (state === "live" ? "green" : "red") },
    { title: "REVISION", value: ({ revision }) => (revision === null ? "" : String(revision)) },
    {
      title: "REFUSED",
      value: ({ refusedRevision }) => (refusedRevision === null ? "" : String(refusedRevision)),
      colour: () => "red",
    },
    { title: "PROCESSES", value: ({ proxyProcesses }) => String(proxyProcesses) },
    { title: "AGE", value: ({ startedAt }) => age(Date.parse(startedAt), nowMs) },
    { title: "HOST", value: ({ host }) => host, wide: true },
    { title: "ZONE", value: ({ zone }) => zone, wide: true },
    { title: "HEARTBEAT", value: ({ heartbeatAt }) => age(Date.parse(heartbeatAt), nowMs), wide: true },
    { title: "REFUSAL", value: ({ refusal }) => detailText(textsOf("en").status, refusal ?? ""), wide: true },
  ],
};

const KINDS = [pools, nodes, routes, revisions, alerts, workers] as unknown as readonly Kind<unknown>[];
export const KIND_NAMES: readonly string[] = KINDS.map(({ aliases: [plural = ""] }) => plural);

/** @throws {UsageFailure} */
export function kindOf(text: string): Kind<unknown> {
  const kind = KINDS.find(({ name, aliases }) => name === text || aliases.includes(text));
  if (kind) return kind;
  throw new UsageFailure(`there is no kind "${text}": there are ${KIND_NAMES.join(", ")}`);
}
