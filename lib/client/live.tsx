"use client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useState } from "react";
import type { OwnAnswerCount, QueueFigures, RouteCounts } from "#lib/contracts/metrics.ts";
import type { LiveNode, LiveTick } from "#lib/contracts/views.ts";
import { apiUrl } from "./api.ts";
import { gathered } from "./gathered.ts";
import { resync, takeAlert, takeDatabase, takeNodes, takeResources, takeRevision, takeWorker } from "./live-cache.ts";
import { pollFigures } from "./live-polling.ts";
import {
  type Figures,
  LIVE_WINDOW_MS,
  type LiveConnection,
  type LiveScope,
  LiveStore,
  type SeriesPoint,
  STALE_AFTER_MS,
} from "./live-store.ts";
import { openSharedStream } from "./shared-stream.ts";
import { subscribeToClock, useNow } from "./use-now.ts";
import { useTold } from "./use-told.ts";
import { whenIdle } from "./when-idle.ts";

const STALE_CHECK_MS = 1_000;
/** What was read as a page opened is read again within this. */
const FIRST_RESYNC_MS = 2_000;
/** Ticks of the window that the store keeps. */
const MAX_WAITING = LIVE_WINDOW_MS / 1_000;

const LiveContext = createContext<LiveStore | null>(null);

type Props = { session: string; children: React.ReactNode };

/** Holds the live stream open while the signed-in part of the dashboard is on screen. `session`: see openSharedStream. */
export function LiveProvider({ session, children }: Props) {
  const queryClient = useQueryClient();
  const [store] = useState(() => new LiveStore());
  useEffect(() => {
    // A hidden tab draws nothing: its ticks wait until somebody looks.
    const waiting: LiveTick[] = [];
    let readAgain = (): void => {};
    const flush = () => {
      if (!document.hidden) store.add(waiting.splice(0));
    };
    document.addEventListener("visibilitychange", flush);
    const nodes = gathered<LiveNode>((events) => takeNodes(queryClient, events));
    const close = openSharedStream(apiUrl("/stream"), session, {
      sync: ({ atMs, ticks }) => {
        store.setClock(atMs, Date.now());
        store.add(ticks);
        // Also the first time: what changed between a page's first answers and the stream's opening was told to nobody. But
        // then the page has most to do, and what it shows is no older than itself.
        const isFirst = store.connection() === "connecting";
        store.setConnection("live");
        readAgain();
        readAgain = whenIdle(() => resync(queryClient), isFirst ? FIRST_RESYNC_MS : 0);
      },
      tick: (tick) => {
        waiting.push(tick);
        if (waiting.length > MAX_WAITING) waiting.shift();
        flush();
      },
      node: nodes.add,
      resources: ({ nodes }) => takeResources(queryClient, nodes),
      alert: (alert) => takeAlert(queryClient, alert),
      revision: () => takeRevision(queryClient),
      worker: (worker) => takeWorker(queryClient, worker),
      database: (database) => takeDatabase(queryClient, database),
      poll: () => {
        store.setConnection("polling");
        resync(queryClient);
        void pollFigures(store);
      },
    });
    return () => {
      close();
      nodes.stop();
      readAgain();
      document.removeEventListener("visibilitychange", flush);
    };
  }, [queryClient, session, store]);
  return <LiveContext value={store}>{children}</LiveContext>;
}

function useStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error("LiveProvider is missing above this component");
  return store;
}

const nothing = (): undefined => undefined;
const no = (): boolean => false;
const yes = (): boolean => true;
const zero = (): number => 0;
const connecting = (): LiveConnection => "connecting";
const NO_POINTS: readonly SeriesPoint[] = [];
const noPoints = () => NO_POINTS;
const NO_QUEUES: readonly QueueFigures[] = [];
const noQueues = () => NO_QUEUES;

/**
 * Figures of the newest second of everything, one pool or one node; undefined while there are none. Draws again only when
 * these figures change.
 */
export function useFigures(scope: LiveScope, id?: string): Figures | undefined {
  const store = useStore();
  const read = useCallback(() => store.latest(scope, id), [store, scope, id]);
  return useTold(store.subscribe, read, nothing);
}

/** Queues of a pool in which anybody waits or waited in the newest second. Draws again when there is news of them. */
export function useQueues(poolId: string): readonly QueueFigures[] {
  const store = useStore();
  const read = useCallback(() => store.queues(poolId), [store, poolId]);
  return useTold(store.subscribe, read, noQueues);
}

/** What a route did by itself in the newest second; undefined: nothing. */
export function useRouteCounts(routeId: string): RouteCounts | undefined {
  const store = useStore();
  const read = useCallback(() => store.route(routeId), [store, routeId]);
  return useTold(store.subscribe, read, nothing);
}

/** Requests per second that a route, or what matched none (null), sent into a pool in the newest second. */
export function useFlow(routeId: string | null, poolId: string): number {
  const store = useStore();
  const read = useCallback(() => store.flow(routeId, poolId), [store, routeId, poolId]);
  return useTold(store.subscribe, read, zero);
}

const NO_ANSWERS: readonly OwnAnswerCount[] = [];
const noAnswers = () => NO_ANSWERS;

/** What the proxies answered themselves in the last five minutes, by code. */
export function useOwnAnswers(): readonly OwnAnswerCount[] {
  const store = useStore();
  return useTold(store.subscribe, store.ownAnswers, noAnswers);
}

/**
 * The last 300 s, oldest first; a second without measurement has no point. Draws again every second, unless they are not
 * wanted: then there are none.
 */
export function useSeries(scope: LiveScope, id?: string, isWanted = true): readonly SeriesPoint[] {
  const store = useStore();
  const read = useCallback(() => (isWanted ? store.series(scope, id) : NO_POINTS), [store, scope, id, isWanted]);
  return useTold(store.subscribe, read, noPoints);
}

/** Whether the series of nodes have holes that the server could fill; draws again only when that changes. */
export function useLeavesNodesOut(): boolean {
  const store = useStore();
  return useTold(store.subscribe, store.leavesNodesOut, no);
}

/** The same as useSeries, read once when asked: for what is drawn more seldom than every second. */
export function useReadSeries(): LiveStore["series"] {
  return useStore().series;
}

/** Whether any figures came yet; draws again when the first do. */
export function useHasTicks(): boolean {
  const store = useStore();
  const read = useCallback(() => store.lastTickMs() > 0, [store]);
  return useTold(store.subscribe, read, no);
}

export type LiveStatus = {
  connection: LiveConnection;
  /** Age of the newest measurement; null while there is none. */
  ageMs: number | null;
  /** Figures on screen are old, or there are none. */
  isStale: boolean;
};

/** How old the figures on screen are. Draws again every second. */
export function useLiveStatus(): LiveStatus {
  const store = useStore();
  const nowMs = useNow();
  const connection = useTold(store.subscribe, store.connection, connecting);
  const lastTickMs = useTold(store.subscribe, store.lastTickMs, zero);
  const ageMs = lastTickMs === 0 ? null : Math.max(0, store.serverNowMs(nowMs) - lastTickMs);
  return { connection, ageMs, isStale: ageMs === null || ageMs > STALE_AFTER_MS };
}

/** Whether the figures on screen are old; draws again only when that changes. */
export function useIsStale(): boolean {
  const store = useStore();
  // They grow old by the clock alone, and fresh by a tick.
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = [store.subscribe(listener), subscribeToClock(STALE_CHECK_MS, listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    [store],
  );
  const isStale = useCallback(
    () => store.lastTickMs() === 0 || store.serverNowMs(Date.now()) - store.lastTickMs() > STALE_AFTER_MS,
    [store],
  );
  return useTold(subscribe, isStale, yes);
}

/** The server's clock in whole seconds: times of measurements and facts are compared with it, not with the browser's. */
export function useServerNow(stepMs = 1_000): number {
  const store = useStore();
  const nowMs = useNow(stepMs);
  return nowMs === 0 ? 0 : store.serverNowMs(nowMs);
}
