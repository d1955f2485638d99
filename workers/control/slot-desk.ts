// Hands out the slots of nodes with a limit of requests in flight to the proxy processes. It knows a node and its limit only
// from who asks. A new desk waits until it has heard of all that is held before it gives any: meanwhile each process goes on
// with what it holds.
import type { SlotAsk, SlotNews } from "#lib/contracts/bus.ts";
import { SlotPot } from "#lib/core/lease/slot-pot.ts";

/** How often all have their turn where there are fewer slots than processes that need one. */
const ROUND_MS = 20;

export interface SlotDeskOptions<P> {
  tell: (process: P, news: SlotNews[]) => void;
  /** Whether processes that may hold slots have not come yet. @param heard those that told what they hold */
  isWaiting?: (heard: number) => boolean;
}

export class SlotDesk<P> {
  readonly #tell: SlotDeskOptions<P>["tell"];
  readonly #isWaiting: (heard: number) => boolean;
  readonly #pots = new Map<string, SlotPot<P>>();
  readonly #heard = new Set<P>();
  #isOpen = false;
  #rounds: NodeJS.Timeout | undefined;

  constructor({ tell, isWaiting = () => false }: SlotDeskOptions<P>) {
    this.#tell = tell;
    this.#isWaiting = isWaiting;
  }

  /** Takes in what a process says and tells whoever it concerns; the process itself always gets an answer. */
  hear(process: P, asks: readonly SlotAsk[]): void {
    this.#heard.add(process);
    for (const { nodeId, limit, ...ask } of asks) {
      let pot = this.#pots.get(nodeId);
      if (pot === undefined) {
        pot = new SlotPot();
        this.#pots.set(nodeId, pot);
      }
      pot.hear(process, limit, ask);
    }
    if (!this.#isOpen) this.openWhenDue();
    else
      this.#settle(
        asks.map(({ nodeId }) => nodeId),
        process,
      );
  }

  /** To be called every so often until it is open: whoever has not come by then is not waited for. */
  openWhenDue(): void {
    if (this.#isOpen || this.#isWaiting(this.#heard.size)) return;
    this.#isOpen = true;
    this.#settle(this.#pots.keys(), null);
  }

  gone(process: P): void {
    this.#heard.delete(process);
    for (const pot of this.#pots.values()) pot.gone(process);
    if (this.#isOpen) this.#settle(this.#pots.keys(), null);
  }

  #settle(nodeIds: Iterable<string>, asker: P | null): void {
    const told = new Map<P, SlotNews[]>();
    const add = (process: P, news: SlotNews) => {
      const some = told.get(process);
      if (some) some.push(news);
      else told.set(process, [news]);
    };
    let isShort = false;
    for (const nodeId of new Set(nodeIds)) {
      const pot = this.#pots.get(nodeId) as SlotPot<P>;
      const news = pot.settle();
      for (const [process, each] of news) add(process, { nodeId, ...each });
      if (asker !== null && !news.has(asker)) add(asker, { nodeId, granted: 0, keep: pot.keepOf(asker) });
      isShort ||= pot.isShort;
      if (pot.isIdle) this.#pots.delete(nodeId);
    }
    for (const [process, news] of told) this.#tell(process, news);
    if (isShort) this.#rounds ??= setInterval(() => this.#startRound(), ROUND_MS).unref();
  }

  #startRound(): void {
    const short = [...this.#pots].filter(([, pot]) => pot.isShort);
    for (const [, pot] of short) pot.startRound();
    if (short.length === 0) this.stop();
    else
      this.#settle(
        short.map(([nodeId]) => nodeId),
        null,
      );
  }

  stop(): void {
    clearInterval(this.#rounds);
    this.#rounds = undefined;
  }
}
