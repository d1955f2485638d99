// The last 300 seconds of measurements, outside React. Components subscribe to one slice of it (useSyncExternalStore), so
// that a row is drawn again only when its own figures changed: figures that equal the ones before keep their identity.
import type { LiveFigures, OwnAnswerCount, QueueFigures, RouteCounts } from "#lib/contracts/metrics.ts";
import type { LiveTick } from "#lib/contracts/views.ts";
import { OwnAnswerLog } from "./own-answer-log.ts";

export const LIVE_WINDOW_MS = 300_000;
/** Without a tick for this long, figures are called stale. A tick is due every second. */
export const STALE_AFTER_MS = 3_000;

export type LiveScope = "all" | "pool" | "node";
/** Figures of one slice; `share` only for a node. */
export type Figures = Omit<LiveFigures, "id" | "share" | "queues"> & { share: number | null };
/** What can be drawn over time. */
export type FigureName = Exclude<keyof Figures, "reason" | "concurrencyLimit" | "p90Ms">;
export type SeriesPoint = { atMs: number; figures: Figures };
/** `connecting`: nothing received yet. `polling`: the stream is down, figures come every few seconds. */
export type LiveConnection = "connecting" | "live" | "polling";

const NO_SERIES: readonly SeriesPoint[] = [];
const NO_QUEUES: readonly QueueFigures[] = [];
const keyOf = (scope: LiveScope, id: string): string => (scope === "all" ? "all" : `${scope}:${id}`);

const FIELDS = [
  "requestsPerSecond",
  "successRatio",
  "p50Ms",
  "p90Ms",
  "p99Ms",
  "inFlight",
  "queued",
  "failuresPerSecond",
  "share",
  "concurrencyLimit",
  "reason",
] as const satisfies readonly (keyof Figures)[];
const sameFigures = (a: Figures, b: Figures): boolean => FIELDS.every((field) => a[field] === b[field]);

export class LiveStore {
  #series = new Map<string, SeriesPoint[]>();
  /** Copies of the series that were asked for since the newest tick: a page draws few of the many that are kept. */
  #read = new Map<string, readonly SeriesPoint[]>();
  #latest = new Map<string, Figures>();
  /** By pool, of the newest tick. */
  #queues = new Map<string, readonly QueueFigures[]>();
  /** Requests per second of the newest tick, by route and pool. */
  #flows = new Map<string, number>();
  readonly #own = new OwnAnswerLog();
  #lastTickMs = 0;
  #connection: LiveConnection = "connecting";
  /** Server clock minus this browser's: ages must not depend on a wrong clock of either. */
  #clockOffsetMs = 0;
  #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  connection = (): LiveConnection => this.#connection;
  /** Server time of the newest measurement; 0 while there is none. */
  lastTickMs = (): number => this.#lastTickMs;
  /** Figures of the newest tick, or undefined when it had none for this slice. */
  latest = (scope: LiveScope, id = ""): Figures | undefined => this.#latest.get(keyOf(scope, id));
  /** Queues of a pool in which anybody waits or waited, in the newest tick. */
  queues = (poolId: string): readonly QueueFigures[] => this.#queues.get(poolId) ?? NO_QUEUES;
  /** What a route, or what matched none (null), sent into a pool per second, in the newest tick. */
  flow = (routeId: string | null, poolId: string): number => this.#flows.get(`${routeId} ${poolId}`) ?? 0;
  /** What routes did by themselves in the newest tick. */
  route = (routeId: string): RouteCounts | undefined => this.#own.route(routeId);
  /** What the proxies answered themselves in the window, the most frequent first. */
  ownAnswers = (): readonly OwnAnswerCount[] => this.#own.counts;
  /** Oldest first, a point for every second that was measured; a missing second has no point. */
  series = (scope: LiveScope, id = ""): readonly SeriesPoint[] => {
    const key = keyOf(scope, id);
    const points = this.#series.get(key);
    if (!points) return NO_SERIES;
    const read = this.#read.get(key) ?? points.slice();
    this.#read.set(key, read);
    return read;
  };
  /** @returns the server's clock, for a browser clock that shows `browserNowMs`. */
  serverNowMs = (browserNowMs: number): number => browserNowMs + this.#clockOffsetMs;

  setConnection(connection: LiveConnection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.#notify();
  }

  setClock(serverNowMs: number, browserNowMs: number): void {
    this.#clockOffsetMs = serverNowMs - browserNowMs;
  }

  /** Takes ticks in any order; those already known or older than the newest are skipped. */
  add(ticks: readonly LiveTick[]): void {
    const fresh = ticks.filter((tick) => tick.atMs > this.#lastTickMs).sort((a, b) => a.atMs - b.atMs);
    if (fresh.length === 0) return;
    for (const tick of fresh) this.#take(tick);
    this.#own.add(fresh);
    this.#trim();
    this.#read.clear();
    this.#notify();
  }

  #take(tick: LiveTick): void {
    this.#lastTickMs = tick.atMs;
    const seen = new Set<string>();
    const put = (key: string, figures: Figures) => {
      seen.add(key);
      const before = this.#latest.get(key);
      const kept = before && sameFigures(before, figures) ? before : figures;
      this.#latest.set(key, kept);
      const points = this.#series.get(key) ?? [];
      points.push({ atMs: tick.atMs, figures: kept });
      this.#series.set(key, points);
    };
    put("all", { ...tick.total, share: null });
    this.#queues = new Map(tick.pools.flatMap(({ id, queues }) => (queues ? [[id, queues] as const] : [])));
    this.#flows = new Map((tick.flows ?? []).map((flow) => [`${flow.routeId} ${flow.poolId}`, flow.requestsPerSecond]));
    for (const pool of tick.pools) put(keyOf("pool", pool.id), pool);
    for (const node of tick.nodes) put(keyOf("node", node.id), node);
    for (const key of this.#latest.keys()) if (!seen.has(key)) this.#latest.delete(key);
  }

  #trim(): void {
    const oldestMs = this.#lastTickMs - LIVE_WINDOW_MS;
    for (const [key, points] of this.#series) {
      const first = points.findIndex((point) => point.atMs > oldestMs);
      if (first > 0) points.splice(0, first);
      else if (first < 0) this.#series.delete(key);
    }
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
