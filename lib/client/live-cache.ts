// What an event of the live stream means for what the queries have already read.
import type { QueryClient } from "@tanstack/react-query";
import type { Alert } from "#lib/contracts/alerts.ts";
import type { NodeResources } from "#lib/contracts/resources.ts";
import type { DatabaseView, LiveNode, PoolView, WorkerView } from "#lib/contracts/views.ts";
import { canaryKeys } from "./canaries.ts";
import { changeSetKeys } from "./change-sets.ts";
import { nodeNews, withNodes } from "./node-news.ts";
import { keys } from "./queries.ts";

/** What an edit of configuration may change, whoever makes it and wherever it goes. */
export const CONFIGURATION_KEYS = [
  keys.pools,
  keys.routes,
  keys.proxySettings,
  keys.revisions,
  keys.health,
  changeSetKeys.all,
] as const;

/**
 * Facts of nodes changed, the oldest news first. All of them are put into what was read at once: when a network goes,
 * hundreds come together. A node that is not known yet comes with the revision that brings it.
 */
export function takeNodes(client: QueryClient, events: readonly LiveNode[]): void {
  const news = events.filter((event) => nodeNews.take(event));
  if (news.length === 0) return;
  client.setQueryData<PoolView[]>(keys.pools, (pools) => pools?.map((pool) => withNodes(pool, news)));
  for (const [poolId, ofPool] of Map.groupBy(news, (event) => event.poolId))
    client.setQueryData<PoolView>(keys.pool(poolId), (pool) => pool && withNodes(pool, ofPool));
  for (const nodeId of new Set(news.map((event) => event.nodeId)))
    void client.invalidateQueries({ queryKey: keys.nodeEvents(nodeId) });
}

/** Nodes or agents told of CPU, memory and queues. */
export function takeResources(client: QueryClient, told: readonly NodeResources[]): void {
  const byPool = Map.groupBy(told, ({ poolId }) => poolId);
  for (const [poolId, nodes] of byPool) {
    const newer = new Map(nodes.map((one) => [one.nodeId, one]));
    client.setQueryData<NodeResources[]>(keys.resources(poolId), (known) =>
      known?.map((one) => newer.get(one.nodeId) ?? one),
    );
  }
}

/** An alert fired, changed or ended. */
export function takeAlert(client: QueryClient, alert: Alert): void {
  client.setQueryData<Alert[]>(keys.firingAlerts, (alerts) => {
    if (!alerts) return undefined;
    const others = alerts.filter((other) => other.id !== alert.id);
    return alert.state === "firing" ? [alert, ...others] : others;
  });
  client.setQueryData(keys.alert(alert.id), alert);
  void client.invalidateQueries({ queryKey: ["alerts", "events", alert.id] });
  void client.invalidateQueries({ queryKey: ["alerts", "history"] });
}

/** A revision was published, by anybody. */
export function takeRevision(client: QueryClient): void {
  for (const queryKey of [...CONFIGURATION_KEYS, canaryKeys.all, keys.demo, ["audit"]])
    void client.invalidateQueries({ queryKey });
}

export function takeWorker(client: QueryClient, worker: WorkerView): void {
  const put = (workers: WorkerView[]) =>
    workers.some((other) => other.id === worker.id)
      ? workers.map((other) => (other.id === worker.id ? worker : other))
      : [...workers, worker];
  client.setQueryData<WorkerView[]>(keys.workers, (workers) => workers && put(workers));
  void client.invalidateQueries({ queryKey: keys.health });
}

/** The database was lost, or is back: `sync` follows then. */
export function takeDatabase(client: QueryClient, database: DatabaseView): void {
  client.setQueryData<DatabaseView>(keys.database, database);
}

/** After a gap nothing is known to be current: what is on screen is read again, and stays visible until it is. */
export function resync(client: QueryClient): void {
  void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "me" && query.queryKey[0] !== "tokens" });
}
