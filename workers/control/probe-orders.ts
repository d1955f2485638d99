// Checks that people ask for: a notification in, a notification out. Both are lost when nobody listens, and then the asker's
// time runs out.
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { ProbeAnswer } from "#lib/contracts/runtime.ts";
import type { Database } from "#lib/store/control/database.ts";
import type { HealthKeeper } from "./health-keeper.ts";
import type { Log } from "./log.ts";

/** PostgreSQL takes no payload above 8,000 bytes. */
const MAX_DETAIL = 1_000;
const ORDER = /^([0-9a-f-]{36}) ([0-9a-f-]{36})$/;

export type ProbeOrders = { database: Database; workerId: string; health: HealthKeeper; log: Log };

/** Carries out the order in `payload` (`request node`) and tells what was found; never rejects. */
export async function probeByOrder({ database, workerId, health, log }: ProbeOrders, payload: string): Promise<void> {
  const [, request, nodeId] = ORDER.exec(payload) ?? [];
  const checking = request && nodeId ? health.checkNow(nodeId) : null;
  if (!request || !nodeId || !checking) return;
  try {
    const verdicts = await checking;
    const levels = verdicts.map((verdict) => ({ ...verdict, detail: plain(verdict.detail) }));
    const passed = levels.every(({ ok }) => ok);
    const answer: ProbeAnswer = { request, nodeId, result: { workerId, atMs: Date.now(), passed, levels } };
    await database.query("SELECT pg_notify($1, $2)", [CHANNELS.probed, JSON.stringify(answer)]);
  } catch (cause) {
    log.warn({ err: cause, nodeId }, "the answer to a check by hand could not be told");
  }
}

/** Short, and without NUL, which PostgreSQL does not take. */
const plain = (detail: string): string => detail.slice(0, MAX_DETAIL).replaceAll("\0", "").replaceAll("\\u0000", "");
