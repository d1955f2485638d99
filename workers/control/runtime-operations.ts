import { isDeepStrictEqual } from "node:util";
import type { Database } from "#lib/store/control/database.ts";
import { readRuntimeOperations } from "#lib/store/control/runtime-operations.ts";
import { type Fleet, type FleetFlip, type FleetNode, READY } from "./fleet.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";
import type { WarmUps } from "./warm-ups.ts";

const BACKUP_POLL_MS = 5_000;

export type RuntimeOperationsOptions = {
  database: Database;
  log: Log;
  fleet: Fleet;
  warmUps: WarmUps;
  onChanged: (changed: FleetNode[], flips: FleetFlip[]) => void;
};

/** Keeps the fleet in step with what operators ordered: polls and, when kicked, reads at once. */
export function startRuntimeOperations({
  database,
  log,
  fleet,
  warmUps,
  onChanged,
}: RuntimeOperationsOptions): Repeating {
  return repeat("reading runtime operations", BACKUP_POLL_MS, log, async () => {
    const ordered = await readRuntimeOperations(database);
    const nowMs = Date.now();
    const flips: FleetFlip[] = [];
    const changed = [...fleet.nodes.values()].filter((entry) => {
      const admin = ordered.admin.get(entry.nodeId) ?? READY;
      const warmUp = warmUps.resolve(entry.nodeId, ordered.warmUp.get(entry.nodeId) ?? null);
      const breakerOrder = ordered.breakerOrders.get(entry.nodeId) ?? null;
      const before = [entry.admin, entry.warmUp, entry.breakerOrder];
      if (isDeepStrictEqual([admin, warmUp, breakerOrder], before)) return false;
      Object.assign(entry, { admin, warmUp, breakerOrder });
      fleet.settleChecks(entry, true, nowMs, flips);
      return true;
    });
    if (changed.length > 0) onChanged(changed, flips);
  });
}
