// Keeps what the proxy processes learned of sessions: answers a process that meets an unknown one, tells the others of what
// one learned, and leaves all of it on disk for the next start. It sees hashes of tokens only.
import { type SessionAsk, type SessionsFile, type SessionTuple, sessionsOf } from "#lib/contracts/bus.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { SessionTable } from "#lib/core/sticky/session-table.ts";

const KEEP_USE_MS = 60_000;

export class SessionDesk {
  /** Of the pools that learn. */
  readonly #tables = new Map<string, SessionTable>();
  /** Since when it is not on disk that sessions were used. */
  #usedSinceMs: number | null = null;
  /** Read from disk before the configuration came. */
  #restored: SessionsFile | null = null;

  restore(file: SessionsFile): void {
    this.#restored = file;
  }

  /** Forgets the sessions of pools that do not learn any more. */
  configure({ pools }: Pick<ConfigDocument, "pools">, nowMs: number): void {
    const learning = new Set<string>();
    for (const { id, stickiness } of pools) {
      if (stickiness.mode !== "learn") continue;
      learning.add(id);
      const { maxEntries, ttlMs } = stickiness;
      const known = this.#tables.get(id);
      if (known === undefined) this.#tables.set(id, new SessionTable(maxEntries, ttlMs));
      else known.configure(maxEntries, ttlMs);
    }
    for (const id of this.#tables.keys()) if (!learning.has(id)) this.#tables.delete(id);
    const restored = this.#restored;
    this.#restored = null;
    for (const pool of restored?.pools ?? []) this.told(pool.poolId, sessionsOf(pool), nowMs);
  }

  /** @returns those of which the other processes do not know yet */
  told(poolId: string, sessions: readonly SessionTuple[], nowMs: number): SessionTuple[] {
    const table = this.#tables.get(poolId);
    if (table === undefined) return [];
    return sessions.filter(([session, nodeId, boundMs, usedMs]) => {
      const merged = table.merge(session, { nodeId, boundMs, usedMs }, nowMs);
      if (merged === "used") this.#usedSinceMs ??= nowMs;
      return merged === "bound";
    });
  }

  /** Where the session is bound to; null: to no node yet, or to the one that does not take it. */
  find({ poolId, session, not }: SessionAsk, nowMs: number): SessionTuple | null {
    const binding = this.#tables.get(poolId)?.use(session, nowMs);
    if (binding === undefined || binding.nodeId === not) return null;
    return [session, binding.nodeId, binding.boundMs, binding.usedMs];
  }

  /** Binds it to the node that is proposed, unless it is bound by now. */
  bind(ask: SessionAsk, nowMs: number): { session: SessionTuple; isNew: boolean } {
    const found = this.find(ask, nowMs);
    if (found !== null) return { session: found, isNew: false };
    const { poolId, session, nodeId } = ask;
    const before = this.#tables.get(poolId)?.get(session, nowMs);
    const bound: SessionTuple = [session, nodeId, Math.max(nowMs, (before?.boundMs ?? 0) + 1), nowMs];
    this.told(poolId, [bound], nowMs);
    return { session: bound, isNew: true };
  }

  /** Whether it is time to keep when sessions were used last. What is told anew is kept at once. */
  isUseDue(nowMs: number): boolean {
    if (this.#usedSinceMs === null || nowMs - this.#usedSinceMs < KEEP_USE_MS) return false;
    this.#usedSinceMs = null;
    return true;
  }

  /** By pool, how many are known. */
  counts(): ReadonlyMap<string, number> {
    return new Map([...this.#tables].map(([poolId, { size }]) => [poolId, size]));
  }

  /** How many sessions are bound to the node; undefined: its pool learns none. */
  countOf(poolId: string, nodeId: string): number | undefined {
    return this.#tables.get(poolId)?.countOf(nodeId);
  }

  file(): SessionsFile {
    return {
      pools: [...this.#tables].map(([poolId, table]) => {
        const places = new Map<string, number>();
        const sessions = [...table.entries()].map(([session, { nodeId, boundMs, usedMs }]) => {
          const at = places.get(nodeId) ?? places.size;
          places.set(nodeId, at);
          return [session, at, boundMs, usedMs] as [string, number, number, number];
        });
        return { poolId, nodes: [...places.keys()], sessions };
      }),
    };
  }
}
