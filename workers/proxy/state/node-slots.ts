// How many requests may be in flight at one node of which the worker has a limit: this process's part of it.
import { LeasedSlots } from "#lib/core/lease/leased-slots.ts";
import { warmUpFactor } from "#lib/core/warm-up.ts";
import type { SlotHolder, SlotLeases } from "../lease/slot-leases.ts";
import type { NodeState } from "./node-state.ts";

const UNLIMITED = Number.POSITIVE_INFINITY;

/** A node that warms up takes part of its requests at once, too. @returns whole, at least 1 */
export const warmLimit = (limit: number, factor: number): number => Math.max(1, Math.ceil(limit * factor - 1e-9));

/** The slots of a node as its configuration and its warm-up say now; null: it has no limit. */
export function slotsNow(node: NodeState, leases: SlotLeases, nowMs: number): NodeSlots | null {
  const limit = Math.min(ownLimit(node, nowMs), node.adaptive?.isShared ? node.adaptive.limit : UNLIMITED);
  if (limit === UNLIMITED) {
    node.slots?.close();
    return null;
  }
  const slots = node.slots ?? new NodeSlots(node, leases);
  slots.configure(limit);
  return slots;
}

function ownLimit({ config, warmUp, pool }: NodeState, nowMs: number): number {
  const { maxInFlight } = config;
  return maxInFlight === 0 ? UNLIMITED : warmLimit(maxInFlight, warmUpFactor(warmUp, nowMs, pool.config.warmUp));
}

/**
 * How many of its slots in this process a node has for requests from which a share is kept. One at least: no class stands still
 * for ever, at the price of one request a process beyond the share.
 */
export function slotsLeft({ slots, adaptive }: NodeState, withheldRatio: number): number {
  const own = adaptive === null || adaptive.isShared ? UNLIMITED : adaptive.limit;
  const capacity = Math.min(own, slots === null ? UNLIMITED : slots.capacity);
  return Math.max(1, Math.floor(capacity * (1 - withheldRatio) + 1e-9));
}

export class NodeSlots implements SlotHolder {
  readonly slots = new LeasedSlots();
  /** How many may be in flight here now. */
  capacity = 0;
  #limit = 0;
  readonly #node: NodeState;
  readonly #leases: SlotLeases;
  /** Whether there are processes to share with. */
  readonly #isShared: boolean;

  constructor(node: NodeState, leases: SlotLeases) {
    this.#node = node;
    this.#leases = leases;
    this.#isShared = leases.processes > 1;
  }

  get nodeId(): string {
    return this.#node.id;
  }
  get inUse(): number {
    return this.#node.inFlight;
  }
  get waiting(): number {
    return this.#node.pool.line.size;
  }
  get isFull(): boolean {
    return this.#node.inFlight >= this.capacity;
  }

  /** @param limit of the worker, at least 1 */
  configure(limit: number): void {
    if (limit === this.#limit) return;
    const isNew = this.#limit === 0;
    this.#limit = limit;
    if (this.#isShared) {
      const ask = this.slots.configure(limit, this.#leases.processes, this);
      if (isNew) this.#leases.join(this, ask);
      else this.#leases.tell(this, ask);
    }
    this.#refresh();
  }

  #refresh(): void {
    this.capacity = this.#isShared ? Math.min(this.#limit, this.#held()) : this.#limit;
  }

  slotsChanged(): void {
    const before = this.capacity;
    this.#refresh();
    const { line } = this.#node.pool;
    for (let more = this.capacity - before; more > 0 && line.size > 0; more--) line.serveNext();
  }

  /** Without control a process has one slot at least: it must not stand still because another process is dead. */
  #held(): number {
    return this.#leases.isAlone ? Math.max(1, this.slots.capacity) : this.slots.capacity;
  }

  started(): void {
    if (!this.#isShared) return;
    const { inFlight } = this.#node;
    this.slots.used(inFlight);
    if (inFlight >= this.capacity) this.#leases.tell(this, this.slots.full(this));
  }

  settled(): void {
    if (!this.#isShared) return;
    const ask = this.slots.giveBack(this);
    if (ask === null) return;
    this.#leases.tell(this, ask);
    this.#refresh();
  }

  /** A request would be sent here if there were a slot. */
  wanted(): void {
    if (!this.#isShared) return;
    const { inUse, waiting } = this;
    this.#leases.tell(this, this.slots.full({ inUse, waiting: Math.max(1, waiting) }));
  }

  close(): void {
    if (this.#isShared) this.#leases.leave(this);
  }
}
