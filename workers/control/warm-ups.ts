// Ramps that this worker begins and ends by itself. They hold at once, for the proxies; the database follows when it can.

import type { WarmUpState } from "#lib/contracts/runtime.ts";
import { decideWarmUp, warmUpProgress } from "#lib/core/warm-up.ts";
import type { Database } from "#lib/store/control/database.ts";
import { endWarmUps, type NodeWarmUp, startWarmUps } from "#lib/store/control/runtime-operations.ts";
import type { Fleet, FleetNode } from "./fleet.ts";
import type { Log } from "./log.ts";
import { repeat } from "./repeat.ts";

/** Workers that see the same node join or recover do so within this time: it is one ramp. */
const SAME_WITHIN_MS = 30_000;

export type WarmUpsOptions = {
  database: Database;
  log: Log;
  fleet: Fleet;
  /** Stored by this worker, not by another one first: for the history. */
  onStored: (nodeId: string, change: "started" | "ended", warmUp: WarmUpState) => void;
};
export type WarmUps = ReturnType<typeof startWarmUpKeeper>;

export function startWarmUpKeeper({ database, log, fleet, onStored }: WarmUpsOptions) {
  const begun = new Map<string, WarmUpState>();
  const ended = new Map<string, WarmUpState>();

  const store = async (pending: Map<string, WarmUpState>, change: "started" | "ended") => {
    if (pending.size === 0) return;
    const batch = new Map(pending);
    const rows: NodeWarmUp[] = [...batch].map(([nodeId, warmUp]) => ({ nodeId, warmUp }));
    const stored =
      change === "started" ? await startWarmUps(database, rows, SAME_WITHIN_MS) : await endWarmUps(database, rows);
    for (const [nodeId, warmUp] of batch) if (pending.get(nodeId) === warmUp) pending.delete(nodeId);
    for (const nodeId of stored) onStored(nodeId, change, batch.get(nodeId) as WarmUpState);
  };
  const storing = repeat("storing warm-ups", 1_000, log, async () => {
    await store(begun, "started");
    await store(ended, "ended");
  });

  return {
    /** Nodes that joined or recovered together: those that are to be ramped now are, and are returned. */
    begin: (cause: "joining" | "recovery", entries: readonly FleetNode[], nowMs: number): FleetNode[] => {
      const together = new Set(entries.map((entry) => entry.nodeId));
      const ramped = entries.filter((entry) => {
        const decision = decideWarmUp(cause, entry.pool.warmUp, fleet.isCold(entry.pool, together, nowMs), nowMs);
        if (decision.action === "skip") return false;
        begun.set(entry.nodeId, decision.warmUp);
        ended.delete(entry.nodeId);
        return true;
      });
      for (const entry of ramped) entry.warmUp = begun.get(entry.nodeId) as WarmUpState;
      if (ramped.length > 0) void storing.kick();
      return ramped;
    },
    /** Ends the ramps whose window is over; returns their nodes. */
    finish: (nowMs: number): FleetNode[] => {
      const done: FleetNode[] = [];
      for (const entry of fleet.nodes.values()) {
        if (!entry.warmUp || warmUpProgress(entry.warmUp, nowMs, entry.pool.warmUp)) continue;
        ended.set(entry.nodeId, entry.warmUp);
        begun.delete(entry.nodeId);
        entry.warmUp = null;
        done.push(entry);
      }
      if (done.length > 0) void storing.kick();
      return done;
    },
    /** What holds for a node whose stored ramp is `stored`: our own decisions that the database does not know yet win. */
    resolve: (nodeId: string, stored: WarmUpState | null): WarmUpState | null => {
      const own = begun.get(nodeId);
      if (own) return own;
      const over = ended.get(nodeId);
      return over && stored && stored.startedMs <= over.startedMs ? null : stored;
    },
    stop: async () => {
      await storing.kick();
      await storing.stop();
    },
  };
}
