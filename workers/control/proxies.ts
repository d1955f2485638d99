import type { ToProxy } from "#lib/contracts/bus.ts";
import type { PublishedConfig } from "#lib/contracts/config.ts";
import type { WorkerProcess } from "#lib/contracts/views.ts";
import { changeBetween } from "#lib/core/config/change.ts";
import { busLine, type ProxyLink } from "./bus-server.ts";

type Applied = { revision: number; sinceMs: number };

/** The proxy processes on the bus and the revision that each of them runs. */
export class Proxies {
  /** Link → revision it applied, and when; null until it told. */
  readonly #applied = new Map<ProxyLink, Applied | null>();
  /** Link → the configuration that it was told last and has not refused. */
  readonly #told = new Map<ProxyLink, PublishedConfig>();

  add(link: ProxyLink): void {
    this.#applied.set(link, null);
  }

  remove(link: ProxyLink): void {
    this.#applied.delete(link);
    this.#told.delete(link);
  }

  /** @param sinceMs Unix ms, by its own word */
  applied(link: ProxyLink, revision: number, sinceMs: number): void {
    if (this.#applied.has(link)) this.#applied.set(link, { revision, sinceMs });
  }

  /** It runs what it ran before: what comes next, it is told as a whole. */
  refused(link: ProxyLink): void {
    this.#told.delete(link);
  }

  /** Tells `only`, or everybody, a configuration: what it changes, to who has the one before. */
  configure(config: PublishedConfig, only?: ProxyLink): void {
    const lines = new Map<PublishedConfig | undefined, string>();
    for (const link of only ? [only] : this.#applied.keys()) {
      const told = link.takesChanges ? this.#told.get(link) : undefined;
      const line = lines.get(told) ?? busLine(told ? changeTo(told, config) : { type: "config", config });
      lines.set(told, line);
      this.#told.set(link, config);
      link.sendLine(line);
    }
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
    for (const applied of this.#applied.values()) {
      if (applied === null) return null;
      lowest = lowest === null ? applied.revision : Math.min(lowest, applied.revision);
    }
    return lowest;
  }

  /** When the last of them reached it, Unix ms; null with `revision`. */
  get sinceMs(): number | null {
    const { revision } = this;
    const since = [...this.#applied.values()].flatMap((one) => (one?.revision === revision ? [one.sinceMs] : []));
    return revision === null ? null : Math.max(...since);
  }

  /** In the order of their numbers; one that is being replaced is there twice. */
  processes(): WorkerProcess[] {
    return [...this.#applied]
      .map(([{ process, pid }, applied]) => ({
        process,
        pid,
        revision: applied?.revision ?? null,
        sinceMs: applied?.sinceMs ?? null,
      }))
      .sort((a, b) => a.process - b.process || a.pid - b.pid);
  }

  /** Tells all of them, but not the one it came from. */
  broadcast(message: ToProxy, from?: ProxyLink): void {
    if (this.#applied.size === 0) return;
    const line = busLine(message);
    for (const link of this.#applied.keys()) if (link !== from) link.sendLine(line);
  }
}

/** A canary is told with all that belongs to it. */
function changeTo(told: PublishedConfig, config: PublishedConfig): ToProxy {
  if (told.canary || config.canary) return { type: "config", config };
  return { type: "config-change", change: changeBetween(told, config) };
}
