import { hostname } from "node:os";
import type { Database } from "#lib/store/control/database.ts";
import { readServingSince, reportWorker } from "#lib/store/control/workers.ts";
import type { Core } from "./core.ts";
import { type Repeating, repeat } from "./repeat.ts";

const EVERY_MS = 1_000;

/** Says every second that this worker lives and what it runs. Kick it when that changed: it is announced at once. */
export function startHeartbeat(database: Database, core: Core): Repeating {
  let announced = "";
  let stored: string | undefined;
  return repeat("the heartbeat", EVERY_MS, core.log, async () => {
    if (stored === undefined) {
      adoptServingSince(core, await readServingSince(database, core.workerId));
      stored = "";
    }
    const state = {
      id: core.workerId,
      host: hostname(),
      startedMs: core.startedMs,
      revision: core.proxies.revision,
      revisionSinceMs: core.proxies.sinceMs,
      refusedRevision: core.refusal?.revision ?? null,
      refusedSinceMs: core.refusal?.sinceMs ?? null,
      refusal: core.refusal?.reason ?? null,
      proxyProcesses: core.proxies.count,
      processes: core.proxies.processes(),
      zone: core.zone,
    };
    const signature = JSON.stringify(state);
    const serving = JSON.stringify(core.fleet.servingSince);
    const servingSince = serving === stored ? null : { ...core.fleet.servingSince };
    await reportWorker(database, { ...state, servingSince }, signature !== announced);
    announced = signature;
    stored = serving;
  });
}

/** The disk may have been lost, or be younger than the database: the earlier time is the true one. */
function adoptServingSince({ fleet }: Core, known: Record<string, unknown>): void {
  for (const [poolId, sinceMs] of Object.entries(known)) {
    if (typeof sinceMs !== "number") continue;
    fleet.servingSince[poolId] = Math.min(sinceMs, fleet.servingSince[poolId] ?? sinceMs);
  }
}
