import { HeatMap, HeatMapQuery } from "#lib/contracts/heat-map.ts";
import { MetricTop, TopQuery } from "#lib/contracts/metric-top.ts";
import { MetricSeries, MetricsQuery, OwnAnswers, OwnAnswersQuery } from "#lib/contracts/metrics.ts";
import { ProbeTruthQuery, ProbeTruthView } from "#lib/contracts/probe-truth.ts";
import { HealthView, listOf, WorkerView } from "#lib/contracts/views.ts";
import { seriesCsv } from "#lib/core/series-csv.ts";
import { type Answer, type Endpoint, param } from "#lib/server/endpoint.ts";
import { streamHub } from "#lib/server/live/hub.ts";
import { STREAM_HEADERS } from "#lib/server/live/sse.ts";
import { readProbeTruth } from "#lib/services/pools/read-probe-truth.ts";
import { readHeatMap } from "#lib/services/read-heat-map.ts";
import { readMetrics } from "#lib/services/read-metrics.ts";
import { readOwnAnswers } from "#lib/services/read-own-answers.ts";
import { readTop } from "#lib/services/read-top.ts";
import { listWorkers, readHealth } from "#lib/services/workers.ts";

const CSV = "text/csv";
const csvName = ({ scope, id, fromMs, toMs }: MetricSeries): string => {
  const instant = (ms: number) => new Date(ms).toISOString().slice(0, 19).replaceAll(":", "");
  return `metrics-${[scope, ...(id === null ? [] : [id.slice(0, 8)]), instant(fromMs), instant(toMs)].join("-")}.csv`;
};

export const OBSERVE_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/metrics",
    operationId: "getMetrics",
    tag: "Observation",
    summary: "A chart series of everything, one pool, node, route, or class",
    description:
      "At most 300 points. Percentiles come from merged histograms. A span that was not measured is null, never zero. " +
      "With `detail=true` each point has all that is counted; `total` is the whole range as one point. " +
      "`format=csv` or `Accept: text/csv`: a line a point, without the total; an empty cell is what was not measured.",
    role: "viewer",
    reach: "pools",
    query: MetricsQuery,
    output: MetricSeries,
    alsoAnswers: [CSV],
    problems: ["not-found"],
    handle: async ({ query, accept }, actor): Promise<Answer> => {
      const series = await readMetrics(actor, query);
      const asksForCsv = accept.split(",").some((range) => range.split(";")[0]?.trim().toLowerCase() === CSV);
      if (query.format === "json" || (query.format === undefined && !asksForCsv))
        return { body: series, headers: { vary: "accept" } };
      return {
        text: { type: `${CSV}; charset=utf-8`, content: seriesCsv(series, query.detail === "true") },
        headers: { vary: "accept", "content-disposition": `attachment; filename="${csvName(series)}"` },
      };
    },
  },
  {
    method: "GET",
    path: "/pools/{id}/heat-map",
    operationId: "getHeatMap",
    tag: "Observation",
    summary: "Latency and failures of each node of a pool over time",
    description:
      "At most 60 steps, of ten seconds at least. P99 comes from merged histograms. A step in which nothing was measured, " +
      "or nobody asked, is null.",
    role: "viewer",
    reach: "pools",
    query: HeatMapQuery,
    output: HeatMap,
    handle: async (call, actor) => ({ body: await readHeatMap(actor, param(call, "id"), call.query) }),
  },
  {
    method: "GET",
    path: "/metrics/top",
    operationId: "getTop",
    tag: "Observation",
    summary: "The pools, nodes, routes or classes with most requests, most errors, or the highest P99",
    description:
      "Over a range, from stored spans of at most a sixth of it. Of `p99` those with fewer than 20 requests are left out. " +
      "`figures` are those of the whole range, with every detail.",
    role: "viewer",
    query: TopQuery,
    output: MetricTop,
    handle: async ({ query }, actor) => ({ body: await readTop(actor, query) }),
  },
  {
    method: "GET",
    path: "/own-answers",
    operationId: "getOwnAnswers",
    tag: "Observation",
    summary: "What the proxies answered themselves: problems, redirects and fixed answers",
    description:
      "By code and by route, of all workers, in the last `rangeMs` (at most ten minutes). Problems of requests that had " +
      "a pool are also among the failures of that pool.",
    role: "viewer",
    query: OwnAnswersQuery,
    output: OwnAnswers,
    handle: async ({ query }, actor) => ({ body: await readOwnAnswers(actor, query) }),
  },
  {
    method: "GET",
    path: "/pools/{id}/probe-truth",
    operationId: "getProbeTruth",
    tag: "Observation",
    summary: "How well the probes of a pool's nodes agreed with real traffic over the last day",
    description:
      "Compared by the minute, for each worker its own probe with its own traffic. Of a probe that missed what requests met, " +
      "or took out a node that served well, a setting is suggested. On thin evidence nothing is said.",
    role: "viewer",
    reach: "pools",
    query: ProbeTruthQuery,
    output: ProbeTruthView,
    problems: ["not-found"],
    handle: async (call, actor) => ({ body: await readProbeTruth(actor, param(call, "id"), call.query) }),
  },
  {
    method: "GET",
    path: "/stream",
    operationId: "openStream",
    tag: "Observation",
    summary: "Everything that happens, as server-sent events",
    description:
      "Opens with `sync` (the last 300 seconds of figures); then `tick` each second, and `node`, `alert`, `revision` " +
      "and `worker` at once; `resources` as nodes or agents tell them. Another `sync` means that something may have been missed: read again what you show. " +
      "`heartbeat` comes every 15 s. While the database is lost (`database`) figures are those of the worker on the " +
      "server's machine; a stream can be opened then by whom had one open when it was lost.",
    role: "viewer",
    streams: "text/event-stream",
    handle: async ({ signal, credential }, { id, sessionId = id }) => ({
      stream: streamHub().open(signal, [id, sessionId], credential),
      headers: { ...STREAM_HEADERS },
    }),
    whileLost: ({ signal, credential }) => {
      const stream = streamHub().openKnown(signal, credential);
      return stream && { stream, headers: { ...STREAM_HEADERS } };
    },
  },
  {
    method: "GET",
    path: "/workers",
    operationId: "listWorkers",
    tag: "Observation",
    summary: "The workers, and the revision that each of them runs",
    role: "viewer",
    output: listOf(WorkerView),
    handle: async (_, actor) => ({ body: { items: await listWorkers(actor) } }),
  },
  {
    method: "GET",
    path: "/health",
    operationId: "getHealth",
    tag: "Observation",
    summary: "Whether web and database are ready",
    description: "200 with the revision that each worker runs; 503 while the database does not answer.",
    role: null,
    output: HealthView,
    problems: ["database-unavailable"],
    handle: async () => ({ body: await readHealth() }),
  },
];
