// Limits of requests in flight that a worker with several proxy processes finds out for its nodes: each process tells control
// what its requests took, control finds the limit (workers/control/limit-desk.ts), and the processes share it as the slots of
// the node. While control is away the limit stays as it is.
import type { FoundLimit, NodeTimes } from "#lib/contracts/bus.ts";
import { AdaptiveLimit, type AdaptiveSettings, type Ended } from "#lib/core/adaptive-limit.ts";

/** How often what requests took is told. */
const TELL_MS = 25;
/** Of those that ended since it was told last, the latest. A median needs no more. */
const MAX_TOLD = 64;

/** A node whose limit it is. */
export interface LimitedNode {
  readonly id: string;
  readonly inFlight: number;
  /** The limit is another one. */
  limitChanged(): void;
}

export class SharedLimits {
  readonly #send: (nodes: NodeTimes[]) => void;
  readonly #limits = new Map<string, SharedLimit>();
  readonly #due = new Set<SharedLimit>();
  #isConnected = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param send hands times to control; what it finds comes to `hear` */
  constructor(send: (nodes: NodeTimes[]) => void) {
    this.#send = send;
  }

  of(node: LimitedNode, settings: AdaptiveSettings): SharedLimit {
    const limit = new SharedLimit(node, settings, this);
    this.#limits.set(node.id, limit);
    return limit;
  }

  forget(limit: SharedLimit): void {
    if (this.#limits.get(limit.nodeId) === limit) this.#limits.delete(limit.nodeId);
    this.#due.delete(limit);
  }

  /** A control that starts anew goes on from what was found before. */
  connected(): void {
    this.#isConnected = true;
    const known = [...this.#limits.values()].flatMap((limit) => limit.introduction ?? []);
    if (known.length > 0) this.#send(known);
  }

  disconnected(): void {
    this.#isConnected = false;
  }

  hear(limits: readonly FoundLimit[]): void {
    for (const [nodeId, limit] of limits) this.#limits.get(nodeId)?.found(limit);
  }

  /** Something ended at a node: to be told soon. */
  ended(limit: SharedLimit): void {
    this.#due.add(limit);
    this.#timer ??= setTimeout(() => this.#tell(), TELL_MS).unref();
  }

  #tell(): void {
    this.#timer = undefined;
    const times = [...this.#due].map((limit) => limit.takeTimes());
    this.#due.clear();
    if (this.#isConnected) this.#send(times);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Of one node, as one process knows it. */
export class SharedLimit {
  readonly isShared = true;
  limit: number;
  readonly #node: LimitedNode;
  readonly #all: SharedLimits;
  #settings: AdaptiveSettings;
  /** As control found it; null: it has not yet. */
  #found: number | null = null;
  #times: NodeTimes["times"] = [];
  #count = 0;

  constructor(node: LimitedNode, settings: AdaptiveSettings, all: SharedLimits) {
    this.#node = node;
    this.#settings = settings;
    this.#all = all;
    this.limit = AdaptiveLimit.firstOf(settings);
  }

  get nodeId(): string {
    return this.#node.id;
  }

  configure(settings: AdaptiveSettings): void {
    this.#settings = settings;
    this.#apply();
  }

  found(limit: number): void {
    this.#found = limit;
    const before = this.limit;
    this.#apply();
    if (this.limit !== before) this.#node.limitChanged();
  }

  #apply(): void {
    const { minLimit, maxLimit } = this.#settings;
    this.limit = Math.min(maxLimit, Math.max(minLimit, this.#found ?? this.limit));
  }

  /** Takes in an attempt that ended. @returns whether more may be in flight than before: not before control says so */
  record({ latencyMs, isAnswered, startedMs, inFlight }: Ended): boolean {
    this.#times[this.#count++ % MAX_TOLD] = [latencyMs, startedMs, inFlight, isAnswered];
    this.#all.ended(this);
    return false;
  }

  takeTimes(): NodeTimes {
    const times = this.#times;
    this.#times = [];
    this.#count = 0;
    return { nodeId: this.nodeId, inFlight: this.#node.inFlight, times };
  }

  get introduction(): NodeTimes | null {
    if (this.#found === null) return null;
    return { nodeId: this.nodeId, limit: this.#found, inFlight: this.#node.inFlight, times: [] };
  }

  close(): void {
    this.#all.forget(this);
  }
}
