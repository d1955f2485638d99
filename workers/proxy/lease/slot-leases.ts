// This process's slots at nodes whose limit of requests in flight holds for the whole worker: control hands them out over the
// bus. Requests do not wait for it: those over what is held here are queued as always, and hear of each grant. While control
// is away or silent, each process keeps what it holds, one slot at least.
import type { SlotAsk, SlotNews } from "#lib/contracts/bus.ts";
import type { LeasedSlots } from "#lib/core/lease/leased-slots.ts";
import type { SlotAsk as Ask } from "#lib/core/lease/slot-pot.ts";

/** How long control may take to answer before a node without a slot gets one all the same. */
const ANSWER_WITHIN_MS = 50;
const TICK_MS = 100;

/** A node with a limit, as one process sees it. */
export interface SlotHolder {
  readonly nodeId: string;
  readonly slots: LeasedSlots;
  readonly inUse: number;
  readonly waiting: number;
  /** More or fewer requests than before may be in flight. */
  slotsChanged(): void;
}

export class SlotLeases {
  /** Processes of this worker; where it is the only one, nothing is leased. */
  readonly processes: number;
  readonly #send: (asks: SlotAsk[]) => void;
  readonly #waitMs: number;
  readonly #holders = new Map<string, SlotHolder>();
  readonly #due = new Set<SlotHolder>();
  #asks: SlotAsk[] = [];
  #isConnected = false;
  #isSilent = false;
  #patience: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;

  /** @param send hands asks to control; what it says comes to `hear` */
  constructor(processes: number, send: (asks: SlotAsk[]) => void, waitMs = ANSWER_WITHIN_MS) {
    this.processes = processes;
    this.#send = send;
    this.#waitMs = waitMs;
  }

  /** Nobody hands out slots now. */
  get isAlone(): boolean {
    return !this.#isConnected || this.#isSilent;
  }

  /** @param ask its first word, for a control that is there */
  join(holder: SlotHolder, ask: Ask): void {
    this.#holders.set(holder.nodeId, holder);
    this.tell(holder, ask);
  }

  leave(holder: SlotHolder): void {
    const { held } = holder.slots;
    this.#holders.delete(holder.nodeId);
    this.#due.delete(holder);
    if (this.#isConnected) this.#queue({ nodeId: holder.nodeId, need: 0, want: 0, back: held });
  }

  connected(): void {
    this.#isConnected = true;
    this.#isSilent = false;
    const asks = [...this.#holders.values()].map(({ nodeId, slots, inUse, waiting }) => ({
      nodeId,
      limit: slots.limit,
      ...slots.introduce({ inUse, waiting }),
    }));
    this.#send(asks);
    if (asks.length > 0) this.#awaitAnswer();
  }

  disconnected(): void {
    this.#isConnected = false;
    this.#asks = [];
    clearTimeout(this.#patience);
    this.#patience = undefined;
    for (const { slots } of this.#holders.values()) slots.lost();
    this.#changed();
  }

  /** Hands on what a holder has to tell; null: nothing. */
  tell(holder: SlotHolder, ask: Ask | null): void {
    if (ask === null || !this.#isConnected) return;
    this.#queue({ nodeId: holder.nodeId, limit: holder.slots.limit, ...ask });
    this.#watch(holder);
  }

  #queue(ask: SlotAsk): void {
    if (this.#asks.length === 0) queueMicrotask(() => this.#flush());
    this.#asks.push(ask);
  }

  #flush(): void {
    const asks = this.#asks;
    this.#asks = [];
    if (asks.length === 0) return;
    this.#send(asks);
    this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    this.#patience ??= setTimeout(() => this.#outOfPatience(), this.#waitMs).unref();
  }

  #outOfPatience(): void {
    this.#patience = undefined;
    this.#isSilent = true;
    this.#changed();
  }

  hear(news: readonly SlotNews[]): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const wasSilent = this.#isSilent;
    this.#isSilent = false;
    for (const { nodeId, granted, keep } of news) {
      const holder = this.#holders.get(nodeId);
      // Of a node that has left meanwhile: it has told that it holds none, so this grant is to go back as well.
      if (holder === undefined) {
        if (granted > 0) this.#queue({ nodeId, need: 0, want: 0, back: granted });
        continue;
      }
      this.tell(holder, holder.slots.hear({ granted, keep }, holder));
      this.#watch(holder);
      holder.slotsChanged();
    }
    if (wasSilent) this.#changed();
  }

  #changed(): void {
    for (const holder of this.#holders.values()) holder.slotsChanged();
  }

  #watch(holder: SlotHolder): void {
    if (!holder.slots.isDue) return;
    this.#due.add(holder);
    this.#tick ??= setInterval(() => this.#onTick(), TICK_MS).unref();
  }

  #onTick(): void {
    if (!this.isAlone) {
      const nowMs = performance.now();
      for (const holder of this.#due) {
        const ask = holder.slots.everySoOften(holder, nowMs);
        if (ask !== null) {
          this.tell(holder, ask);
          holder.slotsChanged();
        }
        if (!holder.slots.isDue) this.#due.delete(holder);
      }
    }
    if (this.#due.size > 0) return;
    clearInterval(this.#tick);
    this.#tick = undefined;
  }

  stop(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#patience);
  }
}
