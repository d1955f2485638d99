// The clients that are connected to a process: looked over for time limits, and seen off when the process stops.
import type { ClientLimits } from "./limits.ts";
import type { Client } from "./shell.ts";

/** Clients' time limits are kept to within this, and to within a quarter of the shortest. */
const SWEEP_MS = 1_000;
/** How long idle clients may still send a request to a process that stops. */
const LAST_REQUEST_MS = 2_000;

export class Clients {
  readonly #all = new Set<Client>();
  #sweep: NodeJS.Timeout | undefined;
  #whenEmpty: (() => void) | null = null;

  get size(): number {
    return this.#all.size;
  }

  add(client: Client): void {
    this.#all.add(client);
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

  /** Asks all to go, waits for them for at most `graceMs`, then cuts the rest. */
  async seeOff(graceMs: number): Promise<void> {
    for (const client of this.#all) client.stop(Math.min(LAST_REQUEST_MS, graceMs));
    if (this.#all.size > 0) await this.#emptied(graceMs);
    for (const client of this.#all) client.socket.destroy();
    clearInterval(this.#sweep);
  }

  #emptied(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#whenEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
