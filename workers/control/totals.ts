// Counters since this process started, as Prometheus wants them: they only grow, and start again with the process.
import type { CountDetails, Counts, FlowCounts, MetricFrame, QueueFigures } from "#lib/contracts/metrics.ts";
import { mergeDetails } from "#lib/core/counts.ts";
import { bucketMidUs } from "#lib/core/histogram.ts";

/** Upper bounds of the duration buckets, in seconds: Prometheus' defaults, and 1 and 2.5 ms for fast APIs. */
export const DURATION_BOUNDS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export type Total = {
  requests: number;
  successes: number;
  failures: number;
  retries: number;
  aborted: number;
  bytesIn: number;
  bytesOut: number;
  /** Answers of 1xx to 5xx. */
  status: number[];
  /** Per bound, not cumulated; the last is beyond them all. */
  durations: number[];
  durationSumS: number;
  inFlight: number;
  queued: number;
  /** Open ones; undefined: not counted, or not of this. */
  connections?: number | undefined;
  details: CountDetails;
  /** Of a node whose limit is looked for. */
  concurrencyLimit?: number;
};

const BOUNDS = DURATION_BOUNDS_S.length;
const newTotal = (): Total => ({
  requests: 0,
  successes: 0,
  failures: 0,
  retries: 0,
  aborted: 0,
  bytesIn: 0,
  bytesOut: 0,
  status: [0, 0, 0, 0, 0],
  durations: Array(BOUNDS + 1).fill(0),
  durationSumS: 0,
  inFlight: 0,
  queued: 0,
  details: {},
});

/** Of one queue of a pool: of a class, or of the requests of no class. */
export type QueueTotal = Omit<QueueFigures, "name">;
export type RouteTotal = { answered: number; limited: number; tooLarge: number };

export class Totals {
  readonly pools = new Map<string, Total>();
  readonly nodes = new Map<string, Total>();
  /** What routes did themselves. */
  readonly routes = new Map<string, RouteTotal>();
  /** What clients met in the pools that routes led to. */
  readonly routeTraffic = new Map<string, Total>();
  /** By pool, then by class. */
  readonly classes = new Map<string, Map<string, Total>>();
  /** Answers that the proxies made themselves, by code. */
  readonly own = new Map<string, number>();
  /** Spans that a collector of traces took, and those that were lost. */
  readonly spans = { exported: 0, dropped: 0 };
  /** By pool, then by the queue's name. */
  readonly queues = new Map<string, Map<string, QueueTotal>>();

  add(frame: MetricFrame): void {
    for (const pool of frame.pools) {
      addTo(this.pools, pool.poolId, pool, pool.inFlight, pool.queued).connections = pool.connections;
      this.#addQueues(pool.poolId, pool.queues ?? []);
    }
    for (const node of frame.nodes) {
      const total = addTo(this.nodes, node.nodeId, node, node.inFlight, 0);
      total.concurrencyLimit = node.concurrencyLimit;
      total.connections = node.connections;
    }
    this.#addFlows(frame.flows ?? []);
    this.spans.exported += frame.spans?.exported ?? 0;
    this.spans.dropped += frame.spans?.dropped ?? 0;
    for (const { code, count } of frame.own ?? []) this.own.set(code, (this.own.get(code) ?? 0) + count);
    for (const { routeId, answered, limited, tooLarge } of frame.routes ?? []) {
      const total = this.routes.get(routeId) ?? { answered: 0, limited: 0, tooLarge: 0 };
      total.answered += answered;
      total.limited += limited;
      total.tooLarge += tooLarge;
      this.routes.set(routeId, total);
    }
  }

  /** Of a flow that is not told of nothing is in flight. */
  #addFlows(flows: readonly FlowCounts[]): void {
    const classes = [...this.classes.values()].flatMap((totals) => [...totals.values()]);
    for (const total of [...this.routeTraffic.values(), ...classes]) total.inFlight = 0;
    for (const { poolId, routeId, class: name, inFlight, queued: _, ...counts } of flows) {
      if (routeId !== null)
        addTo(this.routeTraffic, routeId, counts, inFlight + inFlightOf(this.routeTraffic, routeId), 0);
      if (name === undefined) continue;
      const totals = this.classes.get(poolId) ?? new Map<string, Total>();
      this.classes.set(poolId, totals);
      addTo(totals, name, counts, inFlight + inFlightOf(totals, name), 0);
    }
  }

  /** A queue that is not told of is empty: what was counted of it stays. */
  #addQueues(poolId: string, queues: readonly QueueFigures[]): void {
    const known = this.queues.get(poolId);
    if (known === undefined && queues.length === 0) return;
    const totals = known ?? new Map<string, QueueTotal>();
    this.queues.set(poolId, totals);
    for (const total of totals.values()) Object.assign(total, { queued: 0, oldestWaitMs: 0 });
    for (const { name, queued, oldestWaitMs, served, waitedMs, refused, timedOut } of queues) {
      const before = totals.get(name) ?? { served: 0, waitedMs: 0, refused: 0, timedOut: 0 };
      totals.set(name, {
        queued,
        oldestWaitMs,
        served: before.served + served,
        waitedMs: before.waitedMs + waitedMs,
        refused: before.refused + refused,
        timedOut: before.timedOut + timedOut,
      });
    }
  }

  /** Drops what the configuration no longer holds. */
  keepOnly(poolIds: ReadonlySet<string>, nodeIds: ReadonlySet<string>, routeIds: ReadonlySet<string>): void {
    for (const id of this.routes.keys()) if (!routeIds.has(id)) this.routes.delete(id);
    for (const id of this.routeTraffic.keys()) if (!routeIds.has(id)) this.routeTraffic.delete(id);
    for (const id of this.classes.keys()) if (!poolIds.has(id)) this.classes.delete(id);
    for (const id of this.pools.keys()) if (!poolIds.has(id)) this.pools.delete(id);
    for (const id of this.queues.keys()) if (!poolIds.has(id)) this.queues.delete(id);
    for (const id of this.nodes.keys()) if (!nodeIds.has(id)) this.nodes.delete(id);
  }
}

function addTo(totals: Map<string, Total>, id: string, counts: Counts, inFlight: number, queued: number): Total {
  let total = totals.get(id);
  if (!total) {
    total = newTotal();
    totals.set(id, total);
  }
  total.requests += counts.requests;
  total.successes += counts.successes;
  total.failures += counts.failures;
  total.retries += counts.retries;
  total.aborted += counts.aborted;
  total.bytesIn += counts.bytesIn;
  total.bytesOut += counts.bytesOut;
  const { status1xx, status2xx, status3xx, status4xx, status5xx } = counts;
  for (const [at, n] of [status1xx, status2xx, status3xx, status4xx, status5xx].entries()) {
    total.status[at] = (total.status[at] ?? 0) + n;
  }
  for (const [at, bucket] of counts.latencyUs.i.entries()) {
    const n = counts.latencyUs.n[at] ?? 0;
    const seconds = bucketMidUs(bucket) / 1e6;
    const bound = DURATION_BOUNDS_S.findIndex((boundS) => seconds <= boundS);
    const slot = bound === -1 ? BOUNDS : bound;
    total.durations[slot] = (total.durations[slot] ?? 0) + n;
    total.durationSumS += seconds * n;
  }
  total.inFlight = inFlight;
  total.queued = queued;
  if (counts.details !== undefined) total.details = mergeDetails([total.details, counts.details]) ?? {};
  return total;
}

const inFlightOf = (totals: ReadonlyMap<string, Total>, id: string): number => totals.get(id)?.inFlight ?? 0;
