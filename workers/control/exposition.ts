// Prometheus text exposition (version 0.0.4) of what this worker measured and knows.

import type { Adjustment } from "#lib/contracts/adjustment.ts";
import type { RuleFault } from "#lib/contracts/alert-rules-api.ts";
import { DEFAULT_CLASS } from "#lib/contracts/config.ts";
import type { NodeResources } from "#lib/contracts/resources.ts";
import type { FiringCount } from "#lib/store/control/alerts.ts";
import { durationSamples, family, type Labels, type Sample } from "./exposition-format.ts";
import { resourceExposition } from "./exposition-resources.ts";
import { trafficExposition } from "./exposition-traffic.ts";
import type { StoringCounts } from "./measurements.ts";
import type { QueueTotal, RouteTotal, Total, Totals } from "./totals.ts";

/** A pool or node by the names that people know it by. */
export type Named = { id: string; labels: Labels };
export type NamedPool = Named & {
  /** Names of its request classes. */
  classes?: readonly string[];
};
export type NamedNode = Named & {
  up: boolean;
  ejected: boolean;
  breakerOpen: boolean;
  admin: string;
  nameFails: boolean;
  addresses: number;
  adjustment: Adjustment;
  /** Null: they are not asked for. */
  resources: NodeResources | null;
};
export type NamedCertificate = { name: string; notAfterMs: number };
export type Snapshot = {
  revision: number | null;
  proxyProcesses: number;
  databaseUp: boolean;
  pools: readonly NamedPool[];
  routes: readonly Named[];
  nodes: readonly NamedNode[];
  certificates: readonly NamedCertificate[];
  /** Of the worker that evaluates; of others none. */
  alerts: readonly FiringCount[];
  /** Of the same. */
  ruleFaults: readonly RuleFault[];
  /** How asking nodes for their resources ended, by result. */
  scrapes?: ReadonlyMap<string, number>;
  storing?: StoringCounts;
  totals: Totals;
};

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Family<T> = readonly [name: string, type: "counter" | "gauge", help: string, of: (source: T) => number | boolean];

const OF_POOLS: readonly Family<Total>[] = [
  ["gb_requests_total", "counter", "Requests answered or given up, as clients saw them.", (t) => t.requests],
  ["gb_request_successes_total", "counter", "Requests that succeeded: whole answers below 500.", (t) => t.successes],
  ["gb_request_failures_total", "counter", "Requests that failed: 5xx, faults, time-outs.", (t) => t.failures],
  ["gb_request_retries_total", "counter", "Attempts that followed a failed one on another node.", (t) => t.retries],
  ["gb_requests_aborted_total", "counter", "Requests whose client went away.", (t) => t.aborted],
  ["gb_received_bytes_total", "counter", "Bytes received from clients.", (t) => t.bytesIn],
  ["gb_sent_bytes_total", "counter", "Bytes sent to clients.", (t) => t.bytesOut],
  ["gb_in_flight", "gauge", "Requests being served.", (t) => t.inFlight],
  ["gb_queued", "gauge", "Requests waiting for a slot.", (t) => t.queued],
];
const OF_NODES: readonly Family<Total>[] = [
  ["gb_node_requests_total", "counter", "Attempts sent to a node.", (t) => t.requests],
  ["gb_node_request_failures_total", "counter", "Attempts that failed at a node.", (t) => t.failures],
  ["gb_node_request_retries_total", "counter", "Attempts at it that were repeated on another node.", (t) => t.retries],
  ["gb_node_sent_bytes_total", "counter", "Bytes of bodies sent to a node.", (t) => t.bytesIn],
  ["gb_node_received_bytes_total", "counter", "Bytes of bodies received from a node.", (t) => t.bytesOut],
  ["gb_node_in_flight", "gauge", "Attempts sent to a node and not yet settled.", (t) => t.inFlight],
];
const OF_QUEUES: readonly Family<QueueTotal>[] = [
  ["gb_queue_waiting", "gauge", "Requests waiting for a slot, by class.", (t) => t.queued],
  ["gb_queue_oldest_wait_seconds", "gauge", "How long the first of them has waited.", (t) => t.oldestWaitMs / 1_000],
  ["gb_queue_served_total", "counter", "Requests that waited and got a node.", (t) => t.served],
  ["gb_queue_wait_seconds_total", "counter", "How long those waited, all together.", (t) => t.waitedMs / 1_000],
  ["gb_queue_refused_total", "counter", "Requests refused because the queue was full.", (t) => t.refused],
  ["gb_queue_timeouts_total", "counter", "Requests that waited for too long.", (t) => t.timedOut],
];
type StoringFamily = readonly [string, "counter" | "gauge", string, (counts: StoringCounts) => number | null];
const OF_STORING: readonly StoringFamily[] = [
  ["gb_measurements_waiting", "gauge", "Seconds that were measured and are not stored yet.", (s) => s.waiting],
  [
    "gb_measurements_dropped_total",
    "counter",
    "Seconds given up since too many waited to be stored.",
    (s) => s.dropped,
  ],
  [
    "gb_measurements_stored_timestamp_seconds",
    "gauge",
    "End of the newest second that is stored.",
    ({ storedMs }) => (storedMs === null ? null : storedMs / 1_000),
  ],
];
const OF_ROUTES: readonly Family<RouteTotal>[] = [
  ["gb_route_answers_total", "counter", "Redirects and fixed answers of a route.", (t) => t.answered],
  ["gb_route_limited_total", "counter", "Requests that a route's rate limit refused.", (t) => t.limited],
  ["gb_route_too_large_total", "counter", "Requests whose body a route's limit refused.", (t) => t.tooLarge],
];
const OF_FACTS: readonly Family<NamedNode>[] = [
  ["gb_node_up", "gauge", "0 when checks found the node unhealthy, else 1.", (node) => node.up],
  ["gb_node_ejected", "gauge", "1 while the node is ejected as an outlier.", (node) => node.ejected],
  ["gb_node_breaker_open", "gauge", "1 while the node's breaker is open.", (node) => node.breakerOpen],
  ["gb_node_name_failing", "gauge", "1 while the node's host name fails to resolve.", (node) => node.nameFails],
  ["gb_node_addresses", "gauge", "Addresses in use for the node: the last good ones.", (node) => node.addresses],
  ["gb_node_ready", "gauge", "1 when no operator drains or maintains it.", (node) => node.admin === "ready"],
];
const OF_WEIGHTS: readonly Family<Adjustment>[] = [
  ["gb_node_dynamic_weight_factor", "gauge", "What dynamic weights multiply it with.", (a) => a.dynamic?.factor ?? 1],
  [
    "gb_node_degrade_factor",
    "gauge",
    "Part of its weight that the degrade rule leaves.",
    (a) => a.degrade?.factor ?? 1,
  ],
];
const DURATION_HELP = "Time from a request's head to the first byte of its answer.";
const OWN_HELP = "Answers that the proxy made itself: problems, redirects, fixed answers.";
const LIMIT_HELP = "Attempts that a node is found to take at once, where adaptive concurrency is on.";
const EXPIRY_HELP = "When a certificate of the TLS listener expires, as Unix time.";
const DROPPED_HELP = "Spans that were lost: no room, refused, or not taken in time.";
const REVISION_HELP = "Revision that all proxy processes run; absent while there is none.";

export function exposition(snapshot: Snapshot): string {
  const { pools, nodes, routes, totals } = snapshot;
  return [
    ...OF_POOLS.map(([name, type, help, of]) => family(name, type, help, sums(pools, totals.pools, of))),
    family("gb_responses_total", "counter", "Answers by class of status.", statusClasses(snapshot)),
    family(
      "gb_request_duration_seconds",
      "histogram",
      DURATION_HELP,
      pools.flatMap(({ id, labels }) => durationSamples(labels, totals.pools.get(id))),
    ),
    ...OF_QUEUES.map(([name, type, help, of]) => family(name, type, help, queues(snapshot, of))),
    ...OF_ROUTES.map(([name, type, help, of]) => family(name, type, help, sums(routes, totals.routes, of))),
    family("gb_own_answers_total", "counter", OWN_HELP, ownAnswers(snapshot)),
    family(
      "gb_trace_spans_exported_total",
      "counter",
      "Spans that a collector of traces took.",
      one(totals.spans.exported),
    ),
    family("gb_trace_spans_dropped_total", "counter", DROPPED_HELP, one(totals.spans.dropped)),
    ...OF_NODES.map(([name, type, help, of]) => family(name, type, help, sums(nodes, totals.nodes, of))),
    trafficExposition(snapshot),
    family("gb_node_concurrency_limit", "gauge", LIMIT_HELP, limits(snapshot)),
    ...OF_FACTS.map(([name, type, help, of]) =>
      family(
        name,
        type,
        help,
        nodes.map((node) => ({ labels: node.labels, value: Number(of(node)) })),
      ),
    ),
    ...OF_WEIGHTS.map(([name, type, help, of]) =>
      family(
        name,
        type,
        help,
        nodes.map(({ labels, adjustment }) => ({ labels, value: Number(of(adjustment)) })),
      ),
    ),
    resourceExposition(snapshot),
    family("gb_alerts_firing", "gauge", ALERTS_HELP, firing(snapshot)),
    family("gb_alert_rule_faults", "gauge", FAULTS_HELP, ruleFaults(snapshot)),
    family("gb_certificate_not_after_seconds", "gauge", EXPIRY_HELP, expiries(snapshot)),
    family("gb_revision", "gauge", REVISION_HELP, one(snapshot.revision)),
    family("gb_proxy_processes", "gauge", "Proxy processes connected.", one(snapshot.proxyProcesses)),
    ...OF_STORING.map(([name, type, help, of]) =>
      family(name, type, help, one(snapshot.storing ? of(snapshot.storing) : null)),
    ),
    family("gb_database_up", "gauge", "1 while PostgreSQL can be reached.", one(snapshot.databaseUp ? 1 : 0)),
  ].join("");
}

const ownAnswers = ({ totals }: Snapshot): Sample[] =>
  [...totals.own].map(([code, value]) => ({ labels: { code }, value }));

const one = (value: number | null): Sample[] => (value === null ? [] : [{ labels: {}, value }]);

/** A rule of one's own over nodes may fire a thousand times: one sample a rule and pool, and no more than this. */
const MAX_ALERT_SAMPLES = 500;
const ALERTS_HELP = "Alerts that fire, by rule and pool; told by the worker that evaluates them.";
const firing = ({ alerts }: Snapshot): Sample[] =>
  alerts.slice(0, MAX_ALERT_SAMPLES).map(({ count, level, ...labels }) => ({
    labels: { ...labels, level: String(level) },
    value: count,
  }));

const FAULTS_HELP =
  "What keeps rules of alerts from being judged, by rule and code; told by the worker that evaluates them.";
function ruleFaults({ ruleFaults: faults }: Snapshot): Sample[] {
  const counts = new Map<string, Sample>();
  for (const { ruleKey, code } of faults) {
    const key = `${ruleKey} ${code}`;
    const sample = counts.get(key) ?? { labels: { rule: ruleKey, code }, value: 0 };
    counts.set(key, { ...sample, value: sample.value + 1 });
  }
  return [...counts.values()];
}

const expiries = ({ certificates }: Snapshot): Sample[] =>
  certificates.map(({ name, notAfterMs }) => ({ labels: { certificate: name }, value: notAfterMs / 1_000 }));

/** What was not measured yet has no sample: a zero would be a claim. */
function sums<T>(
  named: readonly Named[],
  totals: ReadonlyMap<string, T>,
  of: (total: T) => number | boolean,
): Sample[] {
  return named.flatMap(({ id, labels }) => {
    const total = totals.get(id);
    return total ? [{ labels, value: Number(of(total)) }] : [];
  });
}

const limits = ({ nodes, totals }: Snapshot): Sample[] =>
  nodes.flatMap(({ id, labels }) => {
    const value = totals.nodes.get(id)?.concurrencyLimit;
    return value === undefined ? [] : [{ labels, value }];
  });

/** Of the queues that the configuration has and in which anybody has waited. */
function queues({ pools, totals }: Snapshot, of: (total: QueueTotal) => number | boolean): Sample[] {
  return pools.flatMap(({ id, labels, classes = [] }) =>
    [...classes, DEFAULT_CLASS].flatMap((name) => {
      const total = totals.queues.get(id)?.get(name);
      return total ? [{ labels: { ...labels, class: name }, value: Number(of(total)) }] : [];
    }),
  );
}

function statusClasses({ pools, totals }: Snapshot): Sample[] {
  return pools.flatMap(({ id, labels }) =>
    (totals.pools.get(id)?.status ?? []).map((value, at) => ({ labels: { ...labels, class: `${at + 1}xx` }, value })),
  );
}
