// Where requests go: by the revision in force, or, for the clients of a canary while one runs, by that.
import type { PublishedCanary, PublishedConfig } from "#lib/contracts/config.ts";
import type { MetricFrame, RouteCounts } from "#lib/contracts/metrics.ts";
import type { Random } from "#lib/core/balance/types.ts";
import { sharedPools } from "#lib/core/canary/documents.ts";
import { mergeRouteCounts } from "#lib/core/counts.ts";
import { type RecordSink, recordingOf, type Whereabouts } from "../explain/recording.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Leases } from "../lease/leases.ts";
import { type Destination, type RecordingOf, Routing } from "../route/routing.ts";
import type { Fleet } from "../state/fleet.ts";
import { Canary } from "./canary.ts";

export interface ArmsShell {
  readonly processes: number;
  readonly leases: Leases;
  readonly random: Random;
  readonly requests: RecordSink;
  clientAddress(head: RequestHead, peer: string): string;
  /** It goes on without the canary. */
  canaryRefused(canaryId: string, cause: Error): void;
}

export class Arms {
  readonly #routing = new Routing();
  #canary: Canary | null = null;
  readonly #fleet: Fleet;
  readonly #shell: ArmsShell;

  constructor(fleet: Fleet, shell: ArmsShell) {
    this.#fleet = fleet;
    this.#shell = shell;
  }

  /** Whether there is a configuration. */
  get isReady(): boolean {
    return this.#routing.isReady;
  }

  /** Where a request goes; null: nowhere. @param peer of its connection */
  find(head: RequestHead, peer: string): Destination | null {
    const canary = this.#canary;
    if (canary === null) return this.#routing.find(head);
    const isOfCanary = canary.takes(head, this.#shell.clientAddress(head, peer));
    const destination = (isOfCanary ? canary.routing : this.#routing).find(head);
    if (destination === null) canary.noRoute(isOfCanary ? "canary" : "control");
    return destination;
  }

  /** Takes a valid configuration and its canary, if it has one. Requests in flight go on as they began. */
  apply({ revision, document, canary }: PublishedConfig): void {
    const { processes, leases } = this.#shell;
    this.#fleet.configure(sharedPools(document, canary?.document), Date.now());
    const recordings = this.#recordingsOf(revision, canary === undefined ? null : "base");
    this.#routing.apply(document, this.#fleet.pools, processes, leases, recordings);
    const before = this.#canary;
    this.#canary = canary === undefined ? null : this.#begin(canary, before);
  }

  /** Of the requests of one arm; null: there are no two. */
  #recordingsOf(revision: number, arm: Whereabouts["arm"]): RecordingOf {
    const { random, requests } = this.#shell;
    return (route, pool) => {
      const where = { poolId: pool?.id ?? null, routeId: route?.id ?? null, revision, arm };
      return recordingOf(where, route, pool, random, requests);
    };
  }

  /** One that cannot be used is refused: everybody goes by the revision in force. */
  #begin(published: PublishedCanary, before: Canary | null): Canary | null {
    const { processes, leases } = this.#shell;
    try {
      const canary = new Canary(published, before);
      const pools = this.#fleet.beginCanary(published.document.pools, canary, Date.now());
      const recordings = this.#recordingsOf(published.revision, "canary");
      canary.routing.apply(published.document, pools, processes, leases, recordings, this.#routing);
      return canary;
    } catch (cause) {
      this.#fleet.endCanary();
      this.#shell.canaryRefused(published.id, cause as Error);
      return null;
    }
  }

  /** What routes did since the last call, and what the clients of both arms met. */
  takeCounts(): Pick<MetricFrame, "routes" | "canary"> {
    const canary = this.#canary;
    const own = this.#routing.takeCounts();
    const routes: RouteCounts[] = canary === null ? own : mergeRouteCounts([...own, ...canary.routing.takeCounts()]);
    const arms = canary === null ? [] : canary.takeCounts();
    return { ...(routes.length > 0 && { routes }), ...(arms.length > 0 && { canary: arms }) };
  }
}
