// What most pages read, and the keys of everything that is read: the live stream (live-cache.ts) writes into the same keys.
// What single pages read has files of its own, so that the others need not load its contracts.
import { queryOptions } from "@tanstack/react-query";
import type { Alert } from "#lib/contracts/alerts.ts";
import type { ProxySettings } from "#lib/contracts/config.ts";
import type { MetricTop, TopQuery } from "#lib/contracts/metric-top.ts";
import type { MetricScope, MetricSeries } from "#lib/contracts/metrics.ts";
import type { HealthEvent } from "#lib/contracts/runtime.ts";
import type {
  HealthView,
  Me,
  NodeChecksView,
  PoolView,
  RevisionDetail,
  RevisionSummary,
  RouteView,
  WorkerView,
} from "#lib/contracts/views.ts";
import { apiUrl, call, type ListOf, type PageOf } from "./api.ts";
import { history } from "./history.ts";
import { keepPreviousOf } from "./keep-previous.ts";
import { nodeNews } from "./node-news.ts";
import type { TimeRange } from "./time-range.ts";

/** What a series is of: everything, a pool, a node, a route, or a class of the pool `id`. */
export type MetricTarget = { scope: MetricScope; id?: string | undefined; name?: string | undefined };

export const keys = {
  pools: ["pools"],
  pool: (id: string) => ["pools", id],
  routes: ["routes"],
  proxySettings: ["proxy-settings"],
  alerts: ["alerts"],
  firingAlerts: ["alerts", "firing"],
  alert: (id: string) => ["alerts", "one", id],
  alertHistory: (filter: AlertFilter) => ["alerts", "history", filter],
  revisions: ["revisions"],
  recentRevisions: ["revisions", "recent"],
  revisionHistory: (filter: RevisionFilter) => ["revisions", "history", filter],
  revision: (number: number) => ["revisions", number],
  comparison: (from: number | undefined, to: number) => ["revisions", "comparison", from ?? "base", to],
  audit: (filter: AuditFilter) => ["audit", filter],
  nodeChecks: (nodeId: string) => ["node-checks", nodeId],
  nodeEvents: (nodeId: string) => ["node-events", nodeId],
  resources: (poolId: string) => ["resources", poolId],
  nodeResources: (nodeId: string, range: TimeRange) => ["node-resources", nodeId, range],
  workers: ["workers"],
  health: ["health"],
  database: ["database"],
  metrics: ({ scope, id, name }: MetricTarget, { rangeMs, toMs }: TimeRange, hasDetail: boolean) =>
    ["metrics", scope, id ?? null, name ?? null, rangeMs, toMs ?? null, hasDetail] as const,
  me: ["me"],
  tokens: ["tokens"],
  people: ["people"],
  personSessions: (id: string) => ["people", id, "sessions"],
  invitations: ["invitations"],
  openInvitation: (token: string) => ["open-invitation", token],
  account: ["account"],
  ownSessions: ["account", "sessions"],
  certificates: ["certificates"],
  demo: ["demo"],
  retention: ["retention"],
  storage: ["storage"],
  channels: ["notification-channels"],
  deliveries: (filter: DeliveryFilter) => ["notification-deliveries", filter],
  allDeliveries: ["notification-deliveries"],
  apiDescription: ["api-description"],
} as const;

export type RevisionFilter = { find?: string };
export type AlertFilter = Partial<
  Record<"poolId" | "nodeId" | "state" | "level" | "rule" | "label" | "text" | "from" | "to", string>
>;
export type DeliveryFilter = { channelId?: string; alertId?: string };
/** ISO 8601. */
export type Between = { from?: string; to?: string };
export type AuditFilter = Partial<
  Record<"action" | "actor" | "target" | "targetId" | "poolId" | "revision" | "token" | "from" | "to" | "text", string>
>;

export const poolsQuery = queryOptions({
  queryKey: keys.pools,
  queryFn: async ({ signal }) => {
    const { mark } = nodeNews;
    const { items } = await call<ListOf<PoolView>>("/pools", { signal });
    return items.map((pool) => nodeNews.bringUpToDate(pool, mark));
  },
});

export const poolQuery = (id: string) =>
  queryOptions({
    queryKey: keys.pool(id),
    queryFn: async ({ signal }) => {
      const { mark } = nodeNews;
      return nodeNews.bringUpToDate(await call<PoolView>(`/pools/${id}`, { signal }), mark);
    },
  });

export const routesQuery = queryOptions({
  queryKey: keys.routes,
  queryFn: async ({ signal }) => (await call<ListOf<RouteView>>("/routes", { signal })).items,
});

export const proxySettingsQuery = queryOptions({
  queryKey: keys.proxySettings,
  queryFn: ({ signal }) => call<ProxySettings>("/proxy-settings", { signal }),
});

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: keys.alert(id),
    queryFn: ({ signal }) => call<Alert>(`/alerts/${id}`, { signal }),
    refetchInterval: 10_000,
  });

/** Alerts that are firing now, the most urgent first, then the newest. */
export const firingAlertsQuery = queryOptions({
  queryKey: keys.firingAlerts,
  queryFn: async ({ signal }) =>
    (await call<PageOf<Alert>>("/alerts", { signal, query: { state: "firing", limit: 500 } })).items,
});

export const alertHistoryQuery = (filter: AlertFilter = {}) =>
  history<Alert>()(keys.alertHistory(filter), "/alerts", filter);
export const revisionsQuery = (filter: RevisionFilter = {}) =>
  history<RevisionSummary>()(keys.revisionHistory(filter), "/revisions", filter);
export const nodeEventsQuery = (nodeId: string, between: Between = {}) =>
  history<HealthEvent>()([...keys.nodeEvents(nodeId), between], `/nodes/${nodeId}/events`, between);

/** Written every few seconds at most while nothing changes. */
export const nodeChecksQuery = (nodeId: string) =>
  queryOptions({
    queryKey: keys.nodeChecks(nodeId),
    queryFn: async ({ signal }) => (await call<ListOf<NodeChecksView>>(`/nodes/${nodeId}/checks`, { signal })).items,
    refetchInterval: 5_000,
  });

/** Publishes between two instants, the latest of them. @param between ISO 8601 */
export const revisionsBetweenQuery = (between: { from: string; to: string }) =>
  queryOptions({
    queryKey: [...keys.revisions, "between", between],
    queryFn: async ({ signal }) =>
      (await call<PageOf<RevisionSummary>>("/revisions", { signal, query: { limit: 50, ...between } })).items,
  });

/** The latest publishes: for the annotations of charts and the list on the overview. */
export const recentRevisionsQuery = queryOptions({
  queryKey: keys.recentRevisions,
  queryFn: async ({ signal }) =>
    (await call<PageOf<RevisionSummary>>("/revisions", { signal, query: { limit: 50 } })).items,
});

/** One revision never changes, but whether it is the current one does. */
export const revisionQuery = (number: number) =>
  queryOptions({
    queryKey: keys.revision(number),
    queryFn: ({ signal }) => call<RevisionDetail>(`/revisions/${number}`, { signal }),
  });

export const workersQuery = queryOptions({
  queryKey: keys.workers,
  queryFn: async ({ signal }) => (await call<ListOf<WorkerView>>("/workers", { signal })).items,
});

/** Revision in force, whether the database answers, and each worker's revision. */
export const healthQuery = queryOptions({
  queryKey: keys.health,
  queryFn: ({ signal }) => call<HealthView>("/health", { signal }),
  staleTime: 10_000,
});

/** Where the series is as CSV, with every detail. */
export const metricsCsvUrl = (
  scope: "all" | "pool" | "node" | "route" | "class",
  id: string | undefined,
  { rangeMs, toMs }: TimeRange,
  name?: string,
): string => apiUrl("/metrics", { scope, id, name, rangeMs, toMs, detail: "true", format: "csv" });

/** Who had most of something over a range. */
export const topQuery = (
  of: TopQuery["of"],
  by: TopQuery["by"],
  poolId: string | undefined,
  { rangeMs, toMs }: TimeRange,
) =>
  queryOptions({
    queryKey: ["metrics-top", of, by, poolId ?? null, rangeMs, toMs ?? null],
    queryFn: ({ signal }) => call<MetricTop>("/metrics/top", { signal, query: { of, by, poolId, rangeMs, toMs } }),
    ...keepPreviousOf(poolId),
    refetchInterval: toMs === undefined ? 15_000 : false,
  });

/** A series over a range; one that ends now is refetched as often as a new point can appear. */
export const metricsQuery = (target: MetricTarget, { rangeMs, toMs }: TimeRange, hasDetail = false) =>
  queryOptions({
    queryKey: keys.metrics(target, { rangeMs, toMs }, hasDetail),
    queryFn: ({ signal }) =>
      call<MetricSeries>("/metrics", {
        signal,
        query: { ...target, rangeMs, toMs, ...(hasDetail && { detail: "true" }) },
      }),
    ...keepPreviousOf(target.scope, target.id, target.name),
    refetchInterval: (query) => {
      const stepMs = Math.max(5_000, query.state.data?.stepMs ?? 5_000);
      // What is over by some steps is measured whole, and stays as it is.
      return toMs !== undefined && toMs < Date.now() - 2 * stepMs ? false : stepMs;
    },
  });

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => call<Me>("/me", { signal }),
  // Nobody tells of another role: what one may do is known by the next look.
  staleTime: 15_000,
  refetchInterval: 15_000,
});
