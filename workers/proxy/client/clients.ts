// The clients that are connected to a process: looked over for time limits, and seen off when the process stops.
import type { ClientLimits } from "./limits.ts";
import type { Client } from "./shell.ts";

/** Clients' time limits are kept to within this, and to within a quarter of the shortest. */
const SWEEP_MS = 1_000;
/** How long idle clients may still send a request to a process that stops. */
const LAST_REQUEST_MS = 2_000;
/** How long clients may take to hear that it is over. */
const GOODBYE_MS = 1_000;

export class Clients {
  readonly #all = new Set<Client>();
  #sweep: NodeJS.Timeout | undefined;
  #whenEmpty: (() => void) | null = null;
  #leaving: Promise<void> | null = null;
  readonly #gone = Promise.withResolvers<void>();
  #cutAtMs = Number.POSITIVE_INFINITY;
  #cut: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#all.size;
  }

  add(client: Client): void {
    this.#all.add(client);
  }

  /** One that comes when all have been asked to go: TLS was being agreed on with it. It has time for its request, too. */
  addLate(client: Client): void {
    this.add(client);
    setTimeout(() => {
      if (this.#all.has(client)) client.stop(0);
    }, LAST_REQUEST_MS).unref();
  }

  remove(client: Client): void {
    this.#all.delete(client);
    if (this.#all.size === 0) this.#whenEmpty?.();
  }

  /** Looks for limits that have run out, as often as these ask for. */
  sweepFor({ headMs, idleMs, bodyIdleMs, lingerMs }: ClientLimits): void {
    clearInterval(this.#sweep);
    const everyMs = Math.min(SWEEP_MS, Math.ceil(Math.min(headMs, idleMs, bodyIdleMs, lingerMs) / 4));
    this.#sweep = setInterval(() => this.#sweepNow(), everyMs);
  }

  #sweepNow(): void {
    const nowMs = performance.now();
    for (const client of this.#all) client.sweep(nowMs);
  }

  /**
   * Asks all to go, waits for them for at most `graceMs`, then tells the rest that it is over, and closes what does not
   * close by itself. Called again, it waits no longer than it is asked to then.
   * @param allCame when no more can come: until then, that there is none does not mean that all are gone
   */
  seeOff(graceMs: number, allCame: Promise<void>): Promise<void> {
    this.#cutIn(graceMs);
    this.#leaving ??= this.#seeOff(Math.min(LAST_REQUEST_MS, graceMs), allCame);
    return this.#leaving;
  }

  async #seeOff(lastRequestMs: number, allCame: Promise<void>): Promise<void> {
    for (const client of this.#all) client.stop(lastRequestMs);
    await Promise.race([allCame, this.#gone.promise]);
    this.#whenEmpty = () => this.#gone.resolve();
    if (this.#all.size === 0) this.#gone.resolve();
    await this.#gone.promise;
    clearTimeout(this.#cut);
    for (const client of this.#all) client.socket.destroy();
    clearInterval(this.#sweep);
  }

  #cutIn(ms: number): void {
    const atMs = performance.now() + ms;
    if (atMs >= this.#cutAtMs) return;
    this.#cutAtMs = atMs;
    clearTimeout(this.#cut);
    this.#cut = setTimeout(() => {
      for (const client of [...this.#all]) client.cut();
      this.#cut = setTimeout(() => this.#gone.resolve(), Math.min(GOODBYE_MS, ms));
    }, ms);
  }
}
