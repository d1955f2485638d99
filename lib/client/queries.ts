// Everything the dashboard reads, by key. The live stream (live-cache.ts) writes into the same keys.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { AuditEntry, Token } from "#lib/contracts/access.ts";
import { Alert } from "#lib/contracts/alerts.ts";
import { CertificateView } from "#lib/contracts/certificates.ts";
import { pageOf } from "#lib/contracts/common.ts";
import { RevisionComparison } from "#lib/contracts/comparison.ts";
import { ProxySettings } from "#lib/contracts/config.ts";
import { MetricSeries } from "#lib/contracts/metrics.ts";
import { ChannelView, Delivery } from "#lib/contracts/notifications.ts";
import { Invitation, OpenInvitation, Person, PersonSession } from "#lib/contracts/people.ts";
import { RetentionView, StorageView } from "#lib/contracts/retention.ts";
import { HealthEvent } from "#lib/contracts/runtime.ts";
import {
  HealthView,
  listOf,
  Me,
  NodeChecksView,
  PoolView,
  RevisionDetail,
  RevisionSummary,
  RouteView,
  WorkerView,
} from "#lib/contracts/views.ts";
import { call } from "./api.ts";
import { ApiDescription } from "./api-reference.ts";
import { nodeNews } from "./node-news.ts";

const PAGE_SIZE = 50;

export const keys = {
  pools: ["pools"],
  pool: (id: string) => ["pools", id],
  routes: ["routes"],
  proxySettings: ["proxy-settings"],
  alerts: ["alerts"],
  firingAlerts: ["alerts", "firing"],
  alertHistory: (filter: AlertFilter) => ["alerts", "history", filter],
  revisions: ["revisions"],
  recentRevisions: ["revisions", "recent"],
  revisionHistory: (filter: RevisionFilter) => ["revisions", "history", filter],
  revision: (number: number) => ["revisions", number],
  comparison: (from: number, to: number) => ["revisions", "comparison", from, to],
  audit: (filter: AuditFilter) => ["audit", filter],
  nodeChecks: (nodeId: string) => ["node-checks", nodeId],
  nodeEvents: (nodeId: string) => ["node-events", nodeId],
  workers: ["workers"],
  health: ["health"],
  metrics: (scope: string, id: string | undefined, rangeMs: number) => ["metrics", scope, id ?? null, rangeMs],
  me: ["me"],
  tokens: ["tokens"],
  people: ["people"],
  personSessions: (id: string) => ["people", id, "sessions"],
  invitations: ["invitations"],
  openInvitation: (token: string) => ["open-invitation", token],
  account: ["account"],
  ownSessions: ["account", "sessions"],
  certificates: ["certificates"],
  retention: ["retention"],
  storage: ["storage"],
  channels: ["notification-channels"],
  deliveries: (filter: DeliveryFilter) => ["notification-deliveries", filter],
  allDeliveries: ["notification-deliveries"],
  apiDescription: ["api-description"],
} as const;

export type RevisionFilter = { find?: string };
export type AlertFilter = { poolId?: string; nodeId?: string };
export type DeliveryFilter = { channelId?: string };
export type AuditFilter = Partial<
  Record<"action" | "actor" | "target" | "targetId" | "poolId" | "revision" | "token" | "from" | "to" | "text", string>
>;

export const poolsQuery = queryOptions({
  queryKey: keys.pools,
  queryFn: async ({ signal }) => {
    const { mark } = nodeNews;
    const { items } = await call("/pools", listOf(PoolView), { signal });
    return items.map((pool) => nodeNews.bringUpToDate(pool, mark));
  },
});

export const poolQuery = (id: string) =>
  queryOptions({
    queryKey: keys.pool(id),
    queryFn: async ({ signal }) => {
      const { mark } = nodeNews;
      return nodeNews.bringUpToDate(await call(`/pools/${id}`, PoolView, { signal }), mark);
    },
  });

export const routesQuery = queryOptions({
  queryKey: keys.routes,
  queryFn: async ({ signal }) => (await call("/routes", listOf(RouteView), { signal })).items,
});

export const proxySettingsQuery = queryOptions({
  queryKey: keys.proxySettings,
  queryFn: ({ signal }) => call("/proxy-settings", ProxySettings, { signal }),
});

/** Alerts that are firing now, the most urgent first, then the newest. */
export const firingAlertsQuery = queryOptions({
  queryKey: keys.firingAlerts,
  queryFn: async ({ signal }) =>
    (await call("/alerts", pageOf(Alert), { signal, query: { state: "firing", limit: 500 } })).items,
});

/** Newest-first pages of a history, and how to get the next one. */
function history<T extends z.ZodType, K extends readonly unknown[]>(
  queryKey: K,
  path: string,
  item: T,
  query: Record<string, string | undefined> = {},
) {
  return infiniteQueryOptions({
    queryKey,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ signal, pageParam }) =>
      call(path, pageOf(item), { signal, query: { ...query, limit: PAGE_SIZE, cursor: pageParam } }),
  });
}

export const alertHistoryQuery = (filter: AlertFilter = {}) =>
  history(keys.alertHistory(filter), "/alerts", Alert, filter);
export const revisionsQuery = (filter: RevisionFilter = {}) =>
  history(keys.revisionHistory(filter), "/revisions", RevisionSummary, filter);
export const auditQuery = (filter: AuditFilter = {}) => history(keys.audit(filter), "/audit", AuditEntry, filter);
export const nodeEventsQuery = (nodeId: string) =>
  history(keys.nodeEvents(nodeId), `/nodes/${nodeId}/events`, HealthEvent);

/** Written every few seconds at most while nothing changes. */
export const nodeChecksQuery = (nodeId: string) =>
  queryOptions({
    queryKey: keys.nodeChecks(nodeId),
    queryFn: async ({ signal }) => (await call(`/nodes/${nodeId}/checks`, listOf(NodeChecksView), { signal })).items,
    refetchInterval: 5_000,
  });

/** The latest publishes: for the annotations of charts and the list on the overview. */
export const recentRevisionsQuery = queryOptions({
  queryKey: keys.recentRevisions,
  queryFn: async ({ signal }) =>
    (await call("/revisions", pageOf(RevisionSummary), { signal, query: { limit: 50 } })).items,
});

/** One revision never changes, but whether it is the current one does. */
export const revisionQuery = (number: number) =>
  queryOptions({
    queryKey: keys.revision(number),
    queryFn: ({ signal }) => call(`/revisions/${number}`, RevisionDetail, { signal }),
  });

/** How two revisions differ, either of which may be the older one; 0 is the empty configuration before the first. */
export const comparisonQuery = (from: number, to: number) =>
  queryOptions({
    queryKey: keys.comparison(from, to),
    queryFn: ({ signal }) => call(`/revisions/${to}/comparison`, RevisionComparison, { signal, query: { from } }),
  });

export const workersQuery = queryOptions({
  queryKey: keys.workers,
  queryFn: async ({ signal }) => (await call("/workers", listOf(WorkerView), { signal })).items,
});

/** Revision in force, whether the database answers, and each worker's revision. */
export const healthQuery = queryOptions({
  queryKey: keys.health,
  queryFn: ({ signal }) => call("/health", HealthView, { signal }),
  staleTime: 10_000,
});

/** @param rangeMs length of the range, ending now; refetched as often as a new point can appear. */
export const metricsQuery = (scope: "all" | "pool" | "node", id: string | undefined, rangeMs: number) =>
  queryOptions({
    queryKey: keys.metrics(scope, id, rangeMs),
    queryFn: ({ signal }) => call("/metrics", MetricSeries, { signal, query: { scope, id, rangeMs } }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => Math.max(5_000, query.state.data?.stepMs ?? 5_000),
  });

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => call("/me", Me, { signal }),
  // Nobody tells of another role: what one may do is known by the next look.
  staleTime: 15_000,
  refetchInterval: 15_000,
});

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async ({ signal }) => (await call("/tokens", listOf(Token), { signal })).items,
});

/** Nobody tells of changes of people; others' are seen within half a minute. */
export const peopleQuery = queryOptions({
  queryKey: keys.people,
  queryFn: async ({ signal }) => (await call("/people", listOf(Person), { signal })).items,
  refetchInterval: 30_000,
});

export const personSessionsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.personSessions(id),
    queryFn: async ({ signal }) => (await call(`/people/${id}/sessions`, listOf(PersonSession), { signal })).items,
  });

export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: async ({ signal }) => (await call("/invitations", listOf(Invitation), { signal })).items,
  refetchInterval: 30_000,
});

/** What the link of an invitation invites to; asked by whoever holds it, before they have an account. */
export const openInvitationQuery = (token: string) =>
  queryOptions({
    queryKey: keys.openInvitation(token),
    queryFn: ({ signal }) => call("/invitations/open", OpenInvitation, { method: "POST", body: { token }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const accountQuery = queryOptions({
  queryKey: keys.account,
  queryFn: ({ signal }) => call("/account", Person, { signal }),
});

export const ownSessionsQuery = queryOptions({
  queryKey: keys.ownSessions,
  queryFn: async ({ signal }) => (await call("/account/sessions", listOf(PersonSession), { signal })).items,
  refetchInterval: 30_000,
});

/** Nobody tells of changes; others' are seen within a minute. */
export const certificatesQuery = queryOptions({
  queryKey: keys.certificates,
  queryFn: async ({ signal }) => (await call("/certificates", listOf(CertificateView), { signal })).items,
  refetchInterval: 60_000,
});

/** Nobody tells of what was sent: it is seen within some seconds. */
export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: async ({ signal }) => (await call("/notification-channels", listOf(ChannelView), { signal })).items,
  refetchInterval: 10_000,
});
export const deliveriesQuery = (filter: DeliveryFilter = {}) => ({
  ...history(keys.deliveries(filter), "/notification-deliveries", Delivery, filter),
  refetchInterval: 10_000,
});

export const retentionQuery = queryOptions({
  queryKey: keys.retention,
  queryFn: ({ signal }) => call("/retention", RetentionView, { signal }),
});

export const storageQuery = queryOptions({
  queryKey: keys.storage,
  queryFn: ({ signal }) => call("/storage", StorageView, { signal }),
  refetchInterval: 30_000,
});

/** What the API says of itself: the same until the server is another one. */
export const apiDescriptionQuery = queryOptions({
  queryKey: keys.apiDescription,
  queryFn: ({ signal }) => call("/openapi.json", ApiDescription, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});
