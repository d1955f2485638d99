// Whose host names are looked up, and what is told of them: news of a name is news of each node that has it. A worker's
// view of a name is that of its proxy processes, which look up for themselves, by the same rules.
import type { NameResolution } from "#lib/contracts/runtime.ts";
import type { FactEvent } from "#lib/store/control/facts.ts";
import { hostNameOf } from "#workers/names/host-name.ts";
import type { Name } from "#workers/names/name.ts";
import type { Names } from "#workers/names/names.ts";
import type { Fleet } from "./fleet.ts";

export type NameKeeperOptions = {
  fleet: Fleet;
  names: Names;
  /** What is known of the names of these nodes changed. */
  onNews: (nodeIds: readonly string[]) => void;
  onEvent: (event: FactEvent) => void;
};

export class NameKeeper {
  readonly #options: NameKeeperOptions;
  /** Node id → its host name; null when its URL has an address. */
  #hostNames = new Map<string, string | null>();
  #nodesOf = new Map<string, string[]>();
  readonly #failing = new Set<string>();

  constructor(options: NameKeeperOptions) {
    this.#options = options;
    options.names.onNews = (name) => this.#take(name);
  }

  /** The fleet has other nodes, or nodes have other addresses. Also names of nodes that are not checked are looked up. */
  retarget(): void {
    const { fleet, names, onNews } = this.#options;
    const before = this.#hostNames;
    this.#hostNames = new Map([...fleet.nodes.values()].map(({ nodeId, node }) => [nodeId, hostNameOf(node.url)]));
    this.#nodesOf = new Map();
    for (const [nodeId, hostName] of this.#hostNames) {
      if (hostName === null) continue;
      const others = this.#nodesOf.get(hostName);
      if (others) others.push(nodeId);
      else this.#nodesOf.set(hostName, [nodeId]);
    }
    names.retain(new Set(this.#nodesOf.keys()));
    for (const hostName of this.#failing) if (!this.#nodesOf.has(hostName)) this.#failing.delete(hostName);
    for (const hostName of this.#nodesOf.keys()) names.get(hostName);
    const changed = [...this.#hostNames].filter(([nodeId, hostName]) => before.get(nodeId) !== hostName);
    onNews(changed.map(([nodeId]) => nodeId));
  }

  /** What is known of the name of a node: null for one that has an address, undefined for one that is no more. */
  resolutionOf(nodeId: string): NameResolution | null | undefined {
    const hostname = this.#hostNames.get(nodeId);
    if (typeof hostname !== "string") return hostname;
    const state = this.#options.names.stateOf(hostname) ?? { state: "pending" };
    switch (state.state) {
      case "pending":
        return { state: "pending", hostname };
      case "resolved":
        return { state: "resolved", hostname, addresses: [...state.addresses] };
      case "failing": {
        const { addresses, lastGoodMs, sinceMs, cause } = state;
        return { state: "failing", hostname, addresses: [...addresses], lastGoodMs, sinceMs, cause };
      }
    }
  }

  #take({ hostname, state }: Name): void {
    const { onNews, onEvent } = this.#options;
    const nodeIds = this.#nodesOf.get(hostname) ?? [];
    onNews(nodeIds);
    if (this.#failing.has(hostname) === (state.state === "failing")) return;
    const event =
      state.state === "failing"
        ? { from: "resolved", to: "failing", reason: state.cause, atMs: state.sinceMs }
        : { from: "failing", to: "resolved", reason: "ok", atMs: Date.now() };
    if (state.state === "failing") this.#failing.add(hostname);
    else this.#failing.delete(hostname);
    for (const nodeId of nodeIds) onEvent({ nodeId, fact: "name", ...event });
  }
}
