// What Prometheus gets of traffic beyond its sums: failures by cause, hedges, connections, and what single routes and classes
// met. All labels are names of the configuration, statuses, or codes of a short list.

import { DEFAULT_CLASS } from "#lib/contracts/config.ts";
import type { CountDetails } from "#lib/contracts/metrics.ts";
import type { Named, Snapshot } from "./exposition.ts";
import { durationSamples, family, type Labels, type Sample } from "./exposition-format.ts";
import type { Total } from "./totals.ts";

type Measured = { labels: Labels; total: Total };
type NumberOfDetails = Exclude<keyof CountDetails, "causes">;
type Family = readonly [name: string, help: string, of: NumberOfDetails];

const OF_POOLS: readonly Family[] = [
  ["gb_request_hedges_total", "Second copies of requests whose first attempt was slow.", "hedges"],
];
const OF_NODES: readonly Family[] = [
  ["gb_node_request_hedges_total", "Attempts at it beside which a second copy was sent to another node.", "hedges"],
  ["gb_node_connections_opened_total", "Connections to a node that came about.", "connectionsOpened"],
  ["gb_node_connection_failures_total", "Connections to a node that could not be made.", "connectionsFailed"],
  ["gb_node_connection_reuses_total", "Attempts on a connection that was there already.", "connectionsReused"],
  ["gb_node_ejections_total", "How often a node was ejected as an outlier.", "ejections"],
  ["gb_node_breaker_openings_total", "How often a node's breaker opened.", "breakerOpenings"],
];
const OF_FLOWS: readonly Family[] = [
  ["request_hedges_total", "Second copies of slow requests of", "hedges"],
  ["connections_opened_total", "Connections to nodes made for requests of", "connectionsOpened"],
  ["connection_failures_total", "Connections to nodes that could not be made, for requests of", "connectionsFailed"],
  ["connection_reuses_total", "Attempts on a connection that was there already, of requests of", "connectionsReused"],
  ["ejections_total", "Ejections of nodes set off by requests of", "ejections"],
  ["breaker_openings_total", "Breakers of nodes opened by requests of", "breakerOpenings"],
];
const CAUSES_HELP = "Requests that failed, by the cause of the last attempt or of the proxy's own answer.";
const NODE_CAUSES_HELP = "Attempts that failed at a node, by cause.";
const NODE_STATUS_HELP = "Answers of a node, by class of status.";
const CONNECTIONS_HELP = "Open connections to a node.";
const NODE_DURATION_HELP = "Time from an attempt's beginning to the first byte of its answer.";

export function trafficExposition(snapshot: Snapshot): string {
  const { totals } = snapshot;
  const pools = measured(snapshot.pools, totals.pools);
  const nodes = measured(snapshot.nodes, totals.nodes);
  return [
    family("gb_request_failures_by_cause_total", "counter", CAUSES_HELP, causes(pools)),
    ...OF_POOLS.map(([name, help, of]) => family(name, "counter", help, counted(pools, of))),
    family("gb_node_request_failures_by_cause_total", "counter", NODE_CAUSES_HELP, causes(nodes)),
    family("gb_node_responses_total", "counter", NODE_STATUS_HELP, statuses(nodes)),
    ...OF_NODES.map(([name, help, of]) => family(name, "counter", help, counted(nodes, of))),
    family("gb_node_connections", "gauge", CONNECTIONS_HELP, connections(nodes)),
    // Without buckets: a histogram of each of thousands of nodes would be most of what there is.
    family("gb_node_request_duration_seconds", "summary", NODE_DURATION_HELP, sums(nodes)),
    ...traffic("gb_route", "a route", measured(snapshot.routes, totals.routeTraffic)),
    ...traffic("gb_class", "a class", classes(snapshot)),
  ].join("");
}

const measured = (named: readonly Named[], totals: ReadonlyMap<string, Total>): Measured[] =>
  named.flatMap(({ id, labels }) => {
    const total = totals.get(id);
    return total ? [{ labels, total }] : [];
  });

const classes = ({ pools, totals }: Snapshot): Measured[] =>
  pools.flatMap(({ id, labels, classes: names = [] }) =>
    [...names, DEFAULT_CLASS].flatMap((name) => {
      const total = totals.classes.get(id)?.get(name);
      return total ? [{ labels: { ...labels, class: name }, total }] : [];
    }),
  );

const counted = (of: readonly Measured[], what: NumberOfDetails): Sample[] =>
  of.map(({ labels, total }) => ({ labels, value: total.details[what] ?? 0 }));

const causes = (of: readonly Measured[]): Sample[] =>
  of.flatMap(({ labels, total }) =>
    Object.entries(total.details.causes ?? {}).map(([cause, value]) => ({ labels: { ...labels, cause }, value })),
  );

/** Statuses that there were: most are never met. */
const statuses = (of: readonly Measured[]): Sample[] =>
  of.flatMap(({ labels, total }) =>
    total.status.flatMap((value, at) => (value > 0 ? [{ labels: { ...labels, status: `${at + 1}xx` }, value }] : [])),
  );

const connections = (nodes: readonly Measured[]): Sample[] =>
  nodes.flatMap(({ labels, total }) => (total.connections === undefined ? [] : [{ labels, value: total.connections }]));

const sums = (nodes: readonly Measured[]): Sample[] =>
  nodes.flatMap(({ labels, total }) => [
    { suffix: "_sum", labels, value: total.durationSumS },
    { suffix: "_count", labels, value: total.durations.reduce((sum, n) => sum + n, 0) },
  ]);

function traffic(prefix: string, of: string, flows: readonly Measured[]): string[] {
  const counter = (name: string, help: string, value: (total: Total) => number) =>
    family(
      `${prefix}_${name}`,
      "counter",
      help,
      flows.map(({ labels, total }) => ({ labels, value: value(total) })),
    );
  return [
    counter("requests_total", `Requests of ${of}.`, (total) => total.requests),
    counter("request_failures_total", `Requests of ${of} that failed.`, (total) => total.failures),
    counter("requests_aborted_total", `Requests of ${of} whose client went away.`, (total) => total.aborted),
    family(
      `${prefix}_responses_total`,
      "counter",
      `Answers to requests of ${of}, by class of status.`,
      statuses(flows),
    ),
    family(
      `${prefix}_request_failures_by_cause_total`,
      "counter",
      `Requests of ${of} that failed, by cause.`,
      causes(flows),
    ),
    counter("request_retries_total", `Retries for requests of ${of}.`, (total) => total.retries),
    counter("received_bytes_total", `Bytes received with requests of ${of}.`, (total) => total.bytesIn),
    counter("sent_bytes_total", `Bytes sent to clients of ${of}.`, (total) => total.bytesOut),
    ...OF_FLOWS.map(([name, help, what]) => counter(name, `${help} ${of}.`, (total) => total.details[what] ?? 0)),
    family(
      `${prefix}_in_flight`,
      "gauge",
      `Requests in flight of ${of}.`,
      flows.map(({ labels, total }) => ({ labels, value: total.inFlight })),
    ),
    family(
      `${prefix}_request_duration_seconds`,
      "histogram",
      `Time to the first byte of the answer, of requests of ${of}.`,
      flows.flatMap(({ labels, total }) => durationSamples(labels, total)),
    ),
  ];
}
