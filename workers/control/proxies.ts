import type { ToProxy } from "#lib/contracts/bus.ts";
import { busLine, type ProxyLink } from "./bus-server.ts";

/** The proxy processes on the bus and the revision that each of them runs. */
export class Proxies {
  /** Link → revision it applied; null until it told. */
  readonly #applied = new Map<ProxyLink, number | null>();

  add(link: ProxyLink): void {
    this.#applied.set(link, null);
  }

  remove(link: ProxyLink): void {
    this.#applied.delete(link);
  }

  applied(link: ProxyLink, revision: number): void {
    if (this.#applied.has(link)) this.#applied.set(link, revision);
  }

  get count(): number {
    return this.#applied.size;
  }

  get links(): ProxyLink[] {
    return [...this.#applied.keys()];
  }

  has(process: number): boolean {
    return this.links.some((link) => link.process === process);
  }

  /** The revision that every connected process has reached: the lowest; null when there is none or one has not told. */
  get revision(): number | null {
    let lowest: number | null = null;
    for (const revision of this.#applied.values()) {
      if (revision === null) return null;
      lowest = lowest === null ? revision : Math.min(lowest, revision);
    }
    return lowest;
  }

  /** Tells all of them, but not the one it came from. */
  broadcast(message: ToProxy, from?: ProxyLink): void {
    if (this.#applied.size === 0) return;
    const line = busLine(message);
    for (const link of this.#applied.keys()) if (link !== from) link.sendLine(line);
  }
}
