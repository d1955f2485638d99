// Finds what becomes of a request: the pool that gets it, and the route that has something to do with it on the way.
import type { ConfigDocument, ConfigPool, ConfigRoute } from "#lib/contracts/config.ts";
import type { RouteCounts } from "#lib/contracts/metrics.ts";
import { compileRoutes, type RouteTable, type RouteTarget } from "#lib/core/routing/compile.ts";
import { matchRoute } from "#lib/core/routing/match.ts";
import type { Recording } from "../explain/recording.ts";
import { fieldValue } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Leases } from "../lease/leases.ts";
import type { Flow } from "../state/flows.ts";
import type { PoolState } from "../state/pool-state.ts";
import { RouteState } from "./route-state.ts";

/** `flow`: where the request counts, in its pool. */
export type Destination = { readonly recording: Recording } & (
  | /** The route has nothing to do with it but to lead there, or the pool is the default one. */
  { readonly pool: PoolState; readonly flow: Flow; readonly route: null }
  | { readonly pool: PoolState; readonly flow: Flow; readonly route: RouteState }
  /** The route answers by itself. */
  | { readonly pool: null; readonly flow: null; readonly route: RouteState }
);

/** What makes recordings of what is led somewhere. @param route null: none did @param pool null: the route answers by itself */
export type RecordingOf = (route: ConfigRoute | null, pool: ConfigPool | null) => Recording;

export class Routing {
  #table: RouteTable | null = null;
  #destinations = new Map<RouteTarget, Destination>();
  #routes = new Map<string, RouteState>();

  /** Whether there is a configuration. */
  get isReady(): boolean {
    return this.#table !== null;
  }

  /**
   * Takes a valid document, whose pools are known already. Routes that stay keep what they have counted.
   * @param beside of a canary: what everybody else's requests meet
   */
  apply(
    document: ConfigDocument,
    pools: ReadonlyMap<string, PoolState>,
    processes: number,
    leases: Leases,
    recordingOf: RecordingOf,
    beside?: Routing,
  ): void {
    const table = compileRoutes(document);
    const routes = new Map<string, RouteState>();
    for (const config of document.routes) {
      const route = this.#routes.get(config.id) ?? new RouteState(config.id);
      route.configure(config, processes, leases, beside?.routeState(config.id));
      routes.set(config.id, route);
    }
    const destinations = new Map<RouteTarget, Destination>();
    const configs = new Map(document.routes.map((config) => [config.id, config]));
    for (const target of table.targets) {
      const route = target.routeId === null ? undefined : routes.get(target.routeId);
      const pool = target.poolId === null ? undefined : pools.get(target.poolId);
      const recording = recordingOf(configs.get(target.routeId ?? "") ?? null, pool?.config ?? null);
      if (pool !== undefined) {
        const isPlain = route === undefined || route.isPlain;
        const flow = pool.flows.ofRoute(target.routeId);
        destinations.set(target, isPlain ? { pool, flow, route: null, recording } : { pool, flow, route, recording });
      } else if (route !== undefined && route.answer !== null)
        destinations.set(target, { pool: null, flow: null, route, recording });
    }
    const routed = new Set([...destinations.values()].flatMap(({ flow }) => flow ?? []));
    for (const pool of pools.values()) pool.flows.route(routed, beside !== undefined);
    this.#routes = routes;
    this.#destinations = destinations;
    this.#table = table;
  }

  routeState(id: string): RouteState | undefined {
    return this.#routes.get(id);
  }

  /** Where a request goes; null: nowhere. */
  find(head: RequestHead): Destination | null {
    const target =
      this.#table &&
      matchRoute(this.#table, {
        host: head.host,
        path: head.path,
        method: head.method,
        header: (name) => fieldValue(head.fields, name),
      });
    return (target && this.#destinations.get(target)) ?? null;
  }

  /** What routes did themselves since the last call. */
  takeCounts(): RouteCounts[] {
    const counts: RouteCounts[] = [];
    for (const route of this.#routes.values()) {
      const taken = route.takeCounts();
      if (taken !== null) counts.push(taken);
    }
    return counts;
  }
}
