// What clients meet in one pool, counted by the route that led them there and, where the pool has classes, by class: each
// request in one place, of which the sum is the pool's. So a request costs the same whatever it is counted by.
import type { Counts, FlowCounts } from "#lib/contracts/metrics.ts";
import { mergeAllCounts } from "#lib/core/counts.ts";
import { SpanCounts } from "../recorder.ts";

/** Seconds without a request after which a flow that nobody can refer to is dropped. */
const IDLE_SECONDS = 60;

export class Flow extends SpanCounts {
  /** Null: no route matched. */
  readonly routeId: string | null;
  /** Undefined: the pool has no classes, or its requests' class is not looked for yet. */
  readonly requestClass: string | undefined;
  inFlight = 0;
  idleSeconds = 0;
  /** Whether the configuration leads here, without a look at the class. */
  isRouted = false;
  /** By class; of a flow without one. */
  #classes: Map<string, Flow> | null = null;
  readonly #flows: Flow[];

  constructor(flows: Flow[], routeId: string | null, requestClass?: string) {
    super();
    this.routeId = routeId;
    this.requestClass = requestClass;
    this.#flows = flows;
    flows.push(this);
  }

  /** Where requests of the route that are of the class count. */
  ofClass(name: string): Flow {
    this.#classes ??= new Map();
    let flow = this.#classes.get(name);
    if (flow === undefined) {
      flow = new Flow(this.#flows, this.routeId, name);
      this.#classes.set(name, flow);
    }
    return flow;
  }

  forget(flow: Flow): void {
    if (flow.requestClass !== undefined) this.#classes?.delete(flow.requestClass);
  }
}

export class Flows {
  readonly #all: Flow[] = [];
  readonly #routes = new Map<string | null, Flow>();
  readonly #poolId: string;

  constructor(poolId: string) {
    this.#poolId = poolId;
  }

  /** Where requests of a route count; null: of none. */
  ofRoute(routeId: string | null): Flow {
    let flow = this.#routes.get(routeId);
    if (flow === undefined) {
      flow = new Flow(this.#all, routeId);
      this.#routes.set(routeId, flow);
    }
    return flow;
  }

  /**
   * These are led to from now on. What is in flight to others goes on to be counted.
   * @param beside whether those of before still are: a canary's routes stand beside those in force
   */
  route(routed: ReadonlySet<Flow>, beside: boolean): void {
    for (const flow of this.#routes.values()) flow.isRouted = routed.has(flow) || (beside && flow.isRouted);
  }

  /** What was counted since the last call: together, and of the flows that have anything to tell. */
  take(): { counts: Counts; flows: FlowCounts[] } {
    const flows: FlowCounts[] = [];
    for (const flow of [...this.#all]) {
      if (flow.isEmpty && flow.inFlight === 0) {
        this.#idle(flow);
        continue;
      }
      flow.idleSeconds = 0;
      flows.push({
        poolId: this.#poolId,
        routeId: flow.routeId,
        ...(flow.requestClass !== undefined && { class: flow.requestClass }),
        ...flow.take(),
        inFlight: flow.inFlight,
      });
    }
    return { counts: mergeAllCounts(flows), flows };
  }

  #idle(flow: Flow): void {
    flow.idleSeconds++;
    if (flow.isRouted || flow.idleSeconds < IDLE_SECONDS) return;
    const route = this.#routes.get(flow.routeId);
    if (flow.requestClass !== undefined) route?.forget(flow);
    else if (route === flow) this.#routes.delete(flow.routeId);
    this.#all.splice(this.#all.indexOf(flow), 1);
  }
}
