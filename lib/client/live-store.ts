// The last 300 seconds of measurements, outside React. Components subscribe to one slice of it (use-told.ts), so
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

/** What a tick tells, by slice. */
const slicesOf = (tick: LiveTick): [key: string, figures: Figures][] => [
  ["all", { ...tick.total, share: null }],
  ...tick.pools.map((pool) => [keyOf("pool", pool.id), pool] as [string, Figures]),
  ...tick.nodes.map((node) => [keyOf("node", node.id), node] as [string, Figures]),
];

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
  /** Seconds that are known; false: of their totals alone. */
  #seconds = new Map<number, boolean>();
  #lastTickMs = 0;
  /** Newest second that was told without its nodes. */
  #thinMs = 0;
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
  /** Whether seconds of the window were told without their nodes, as the opening of the stream does of a large fleet. */
  leavesNodesOut = (): boolean => this.#thinMs > 0 && this.#thinMs > this.#lastTickMs - LIVE_WINDOW_MS;
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

  /**
   * Takes ticks in any order; those already known or too old are skipped. What was missed while the stream was away is put
   * where it belongs: a chart must not keep a hole that the server could fill.
   * @param isWhole false: they tell of everything together alone, and make room for whole ones that come later
   */
  add(ticks: readonly LiveTick[], isWhole = true): void {
    const oldestMs = this.#lastTickMs - LIVE_WINDOW_MS;
    const isNews = ({ atMs }: LiveTick) =>
      atMs > oldestMs && (isWhole ? this.#seconds.get(atMs) !== true : !this.#seconds.has(atMs));
    const news = ticks.filter(isNews).sort((a, b) => a.atMs - b.atMs);
    if (news.length === 0) return;
    const late = news.filter(({ atMs }) => atMs <= this.#lastTickMs);
    const fresh = news.filter(({ atMs }) => atMs > this.#lastTickMs);
    for (const { atMs, pools, nodes } of news) {
      this.#seconds.set(atMs, isWhole);
      if (isWhole && pools.length > 0 && nodes.length === 0) this.#thinMs = Math.max(this.#thinMs, atMs);
    }
    for (const tick of late) this.#fill(tick);
    for (const tick of fresh) this.#take(tick);
    this.#own.add(fresh, late);
    this.#trim();
    this.#read.clear();
    this.#notify();
  }

  #take(tick: LiveTick): void {
    this.#lastTickMs = tick.atMs;
    const seen = new Set<string>();
    for (const [key, figures] of slicesOf(tick)) {
      seen.add(key);
      const before = this.#latest.get(key);
      const kept = before && sameFigures(before, figures) ? before : figures;
      this.#latest.set(key, kept);
      const points = this.#series.get(key) ?? [];
      points.push({ atMs: tick.atMs, figures: kept });
      this.#series.set(key, points);
    }
    this.#queues = new Map(tick.pools.flatMap(({ id, queues }) => (queues ? [[id, queues] as const] : [])));
    this.#flows = new Map((tick.flows ?? []).map((flow) => [`${flow.routeId} ${flow.poolId}`, flow.requestsPerSecond]));
    for (const key of this.#latest.keys()) if (!seen.has(key)) this.#latest.delete(key);
  }

  /** A second that is over: it changes the past, and nothing of now. */
  #fill(tick: LiveTick): void {
    for (const [key, figures] of slicesOf(tick)) {
      const points = this.#series.get(key) ?? [];
      const at = points.findLastIndex(({ atMs }) => atMs <= tick.atMs);
      const isKnown = points[at]?.atMs === tick.atMs;
      points.splice(isKnown ? at : at + 1, isKnown ? 1 : 0, { atMs: tick.atMs, figures });
      this.#series.set(key, points);
    }
  }

  #trim(): void {
    const oldestMs = this.#lastTickMs - LIVE_WINDOW_MS;
    for (const atMs of this.#seconds.keys()) if (atMs <= oldestMs) this.#seconds.delete(atMs);
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
