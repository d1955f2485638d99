// Whether a client may have one more connection: so many of one address, so many in all. The limits hold for a worker, whose
// processes share the port: each counts its own and tells its siblings of the addresses that have many, so that the sum is
// known nearly everywhere. What is not told, or not yet, is let in: a limit is passed by what comes within a tenth of a
// second, and by an eighth of it at most for what is too little to be told.

export interface ConnectionLimits {
  /** Connections of one address in the worker; 0: no limit. */
  maxPerAddress: number;
  /** Connections in the worker; 0: no limit. */
  max: number;
}

/** What a process tells its siblings. */
export interface ConnectionCounts {
  total: number;
  /** Addresses with many connections, and how many. */
  addresses: [string, number][];
}

export type Admission = "admitted" | "too-many-connections" | "connections-exhausted";

/** Addresses that are told of at most: an attacker may come from very many. */
const MAX_TOLD = 1_000;
/** A sibling that has not told anything for this long is not reckoned with: it, or the way to it, is gone. */
export const TOLD_FOR_MS = 5_000;

interface Sibling {
  atMs: number;
  total: number;
  counts: Map<string, number>;
}

export class ConnectionBook {
  #limits: ConnectionLimits = { maxPerAddress: 0, max: 0 };
  /** From how many connections on an address is told of. */
  #tellFrom = 1;
  #total = 0;
  readonly #counts = new Map<string, number>();
  readonly #siblings = new Map<number, Sibling>();

  /** @param processes of the worker */
  configure(limits: ConnectionLimits, processes: number): void {
    this.#limits = limits;
    this.#tellFrom = Math.max(1, Math.floor(limits.maxPerAddress / (8 * Math.max(1, processes - 1))));
  }

  /** Whether there is anything to count. */
  get isOn(): boolean {
    return this.#limits.max > 0 || this.#limits.maxPerAddress > 0;
  }

  /** Counts one more connection unless that is too many. @param address null: of many clients, limited by the total only */
  enter(address: string | null, nowMs: number): Admission {
    const { max, maxPerAddress } = this.#limits;
    if (max > 0 && this.#total + this.#siblingTotal(nowMs) >= max) return "connections-exhausted";
    if (address !== null && maxPerAddress > 0) {
      const own = this.#counts.get(address) ?? 0;
      if (own + this.#siblingCount(address, nowMs) >= maxPerAddress) return "too-many-connections";
    }
    this.#total++;
    if (address !== null) this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
    return "admitted";
  }

  /** One that was admitted is gone. */
  leave(address: string | null): void {
    this.#total--;
    if (address === null) return;
    const left = (this.#counts.get(address) ?? 0) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }

  /** For the siblings. */
  tell(): ConnectionCounts {
    const many = [...this.#counts].filter(([, count]) => count >= this.#tellFrom);
    if (many.length > MAX_TOLD) many.sort((a, b) => b[1] - a[1]).length = MAX_TOLD;
    return { total: this.#total, addresses: many };
  }

  /** What sibling `process` tells: all of it, in place of what it told before. */
  hear(process: number, { total, addresses }: ConnectionCounts, nowMs: number): void {
    this.#siblings.set(process, { atMs: nowMs, total, counts: new Map(addresses) });
  }

  #siblingTotal(nowMs: number): number {
    let total = 0;
    for (const sibling of this.#siblings.values()) if (nowMs - sibling.atMs < TOLD_FOR_MS) total += sibling.total;
    return total;
  }

  #siblingCount(address: string, nowMs: number): number {
    let count = 0;
    for (const sibling of this.#siblings.values())
      if (nowMs - sibling.atMs < TOLD_FOR_MS) count += sibling.counts.get(address) ?? 0;
    return count;
  }
}
