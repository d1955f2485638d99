// Finds out how many requests each node takes at once, for the worker: from what the requests of all its proxy processes
// took. The processes share the limit as the node's slots (slot-desk.ts).
import type { FoundLimit, NodeTimes } from "#lib/contracts/bus.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { AdaptiveLimit, type AdaptiveSettings } from "#lib/core/adaptive-limit.ts";

interface Limited {
  readonly url: string;
  settings: AdaptiveSettings;
  /** Null: nobody has told of the node yet. */
  limit: AdaptiveLimit | null;
}

export class LimitDesk<P> {
  readonly #random: () => number;
  readonly #nodes = new Map<string, Limited>();
  /** Requests in flight with each process, by node, as told last. */
  readonly #inFlight = new Map<P, Map<string, number>>();

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Takes a configuration. A node that is another server now begins anew. */
  configure({ pools }: Pick<ConfigDocument, "pools">): void {
    const gone = new Set(this.#nodes.keys());
    for (const { adaptiveConcurrency: settings, nodes } of pools) {
      if (!settings.enabled) continue;
      for (const { id, url } of nodes) {
        gone.delete(id);
        const known = this.#nodes.get(id);
        if (known?.url !== url) this.#nodes.set(id, { url, settings, limit: null });
        else {
          known.settings = settings;
          known.limit?.configure(settings);
        }
      }
    }
    for (const nodeId of gone) this.#nodes.delete(nodeId);
  }

  /** Takes in what a process tells. @returns limits that changed by it */
  hear(process: P, told: readonly NodeTimes[], nowMs: number): FoundLimit[] {
    const changed: FoundLimit[] = [];
    const own = this.#inFlight.get(process) ?? new Map<string, number>();
    this.#inFlight.set(process, own);
    for (const { nodeId, limit: foundBefore, inFlight, times } of told) {
      const node = this.#nodes.get(nodeId);
      if (node === undefined) continue;
      const before = node.limit?.limit;
      node.limit ??= new AdaptiveLimit(node.settings, nowMs, this.#random, foundBefore);
      own.set(nodeId, inFlight);
      const elsewhere = this.#elsewhere(process, nodeId);
      for (const [latencyMs, startedMs, here, isAnswered] of times)
        node.limit.record({ latencyMs, isAnswered, startedMs, inFlight: here + elsewhere }, nowMs);
      if (node.limit.limit !== before) changed.push([nodeId, node.limit.limit]);
    }
    return changed;
  }

  #elsewhere(process: P, nodeId: string): number {
    let sum = 0;
    for (const [other, counts] of this.#inFlight) if (other !== process) sum += counts.get(nodeId) ?? 0;
    return sum;
  }

  gone(process: P): void {
    this.#inFlight.delete(process);
  }

  /** Undefined: it has none, or none is known yet. */
  limitOf(nodeId: string): number | undefined {
    return this.#nodes.get(nodeId)?.limit?.limit;
  }

  /** All that are known. */
  all(): FoundLimit[] {
    return [...this.#nodes].flatMap(([nodeId, { limit }]) =>
      limit === null ? [] : [[nodeId, limit.limit] as FoundLimit],
    );
  }
}
