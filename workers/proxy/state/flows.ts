// What clients meet in one pool, counted by the route that led them there and, where the pool has classes, by class: each
// request in one place, of which the sum is the pool's. So a request costs the same whatever it is counted by.
import type { CountDetails, Counts, FlowCounts } from "#lib/contracts/metrics.ts";
import { mergeAllCounts, mergeDetails } from "#lib/core/counts.ts";
import { SpanCounts } from "../recorder.ts";
import { ConnectionCounts } from "../upstream/connection-counts.ts";

/** Seconds without a request after which a flow that nobody can refer to is dropped. */
const IDLE_SECONDS = 60;

type Waits = Required<Pick<CountDetails, "waited" | "waitedMs" | "queueRefused" | "queueTimedOut">>;
const noWaits = (): Waits => ({ waited: 0, waitedMs: 0, queueRefused: 0, queueTimedOut: 0 });

export class Flow extends SpanCounts {
  /** Null: no route matched. */
  readonly routeId: string | null;
  /** Undefined: the pool has no classes, or its requests' class is not looked for yet. */
  readonly requestClass: string | undefined;
  inFlight = 0;
  /** Who of them waits for a slot. */
  queued = 0;
  readonly connections = new ConnectionCounts();
  /** Made with the first that waits, or is refused for the queue: most never are. */
  #waits: Waits | null = null;
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

  override get isEmpty(): boolean {
    return super.isEmpty && this.#waits === null && this.connections.isEmpty;
  }

  /** One that waited got its node. */
  servedAfter(ms: number): void {
    this.#waits ??= noWaits();
    this.#waits.waited++;
    this.#waits.waitedMs += ms;
  }
  countWait(what: "queueRefused" | "queueTimedOut"): void {
    this.#waits ??= noWaits();
    this.#waits[what]++;
  }

  /** How they waited since the last call; what did not happen is left out. */
  takeWaits(): CountDetails | undefined {
    const waits = this.#waits;
    if (waits === null) return undefined;
    this.#waits = null;
    return Object.fromEntries(Object.entries(waits).filter(([, count]) => count > 0));
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
    const all: Counts[] = [];
    for (const flow of [...this.#all]) {
      if (flow.isEmpty && flow.inFlight + flow.queued === 0) {
        this.#idle(flow);
        continue;
      }
      flow.idleSeconds = 0;
      const counts = flow.take();
      // The pool's queues tell how they waited, its nodes of their connections: the pool's sum is without.
      all.push(counts);
      const details = mergeDetails([counts.details, flow.takeWaits(), flow.connections.take()]);
      flows.push({
        poolId: this.#poolId,
        routeId: flow.routeId,
        ...(flow.requestClass !== undefined && { class: flow.requestClass }),
        ...counts,
        ...(details !== undefined && { details }),
        inFlight: flow.inFlight,
        ...(flow.queued > 0 && { queued: flow.queued }),
      });
    }
    return { counts: mergeAllCounts(all), flows };
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
