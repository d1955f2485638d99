// Removes history that is older than the settings say. One worker at a time, in batches, each kind by itself: that one fails
// keeps no other from being cleaned, is logged, and stands on the System page until it works again.
import { performance } from "node:perf_hooks";
import type { CleanUpKind, RetentionSettings } from "#lib/contracts/retention.ts";
import { keptSince } from "#lib/core/retention.ts";
import type { Database } from "#lib/store/control/database.ts";
import { pruneLedger } from "#lib/store/control/ledger.ts";
import { expireMetrics } from "#lib/store/control/metrics.ts";
import { expireRequests } from "#lib/store/control/requests.ts";
import {
  expireAudit,
  ifNobodyCleans,
  pruneAlerts,
  pruneHealthEvents,
  pruneRevisions,
  readRetention,
  writeCleanUp,
} from "#lib/store/control/retention.ts";
import { pruneSecrets } from "#lib/store/control/secrets.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

/** Seconds pile up quickly. */
const METRICS_EVERY_MS = 30_000;
const HISTORY_EVERY_MS = 600_000;
/** Every document that is kept is read for it. */
const SECRETS_EVERY_MS = 6 * 3_600_000;
const AT_ONCE = 5_000;
/** Each holds a whole document. */
const REVISIONS_AT_ONCE = 200;

type Step = (database: Database, settings: RetentionSettings, nowMs: number) => Promise<number>;

/** Again until a batch is not full. @returns how many were removed in all */
async function inBatches(batch: (limit: number) => Promise<number>, limit = AT_ONCE): Promise<number> {
  for (let total = 0; ; ) {
    const removed = await batch(limit);
    total += removed;
    if (removed < limit) return total;
  }
}

const ifKept = (sinceMs: number | null, prune: (beforeMs: number) => Promise<number>): Promise<number> =>
  sinceMs === null ? Promise.resolve(0) : prune(sinceMs);

const STEPS: Record<CleanUpKind, Step> = {
  revisions: (db, { revisionDays, revisionsAtLeast }, nowMs) =>
    ifKept(keptSince(revisionDays, nowMs), (beforeMs) =>
      inBatches((limit) => pruneRevisions(db, beforeMs, revisionsAtLeast, limit), REVISIONS_AT_ONCE),
    ),
  secrets: (db) => inBatches((limit) => pruneSecrets(db, limit)),
  audit: (db) => expireAudit(db),
  "health-events": (db, { healthEventDays }, nowMs) =>
    ifKept(keptSince(healthEventDays, nowMs), (beforeMs) =>
      inBatches((limit) => pruneHealthEvents(db, beforeMs, limit)),
    ),
  alerts: (db, { alertDays }, nowMs) =>
    ifKept(keptSince(alertDays, nowMs), (beforeMs) => inBatches((limit) => pruneAlerts(db, beforeMs, limit))),
  ledger: (db, { ledgerDays }, nowMs) =>
    ifKept(keptSince(ledgerDays, nowMs), (beforeMs) => inBatches((limit) => pruneLedger(db, beforeMs, limit))),
  requests: (db) => expireRequests(db),
  metrics: (db) => expireMetrics(db),
};
const HISTORY = [
  "revisions",
  "audit",
  "health-events",
  "alerts",
  "ledger",
  "requests",
] as const satisfies CleanUpKind[];

/**
 * Cleans `kinds`, unless another worker is at it.
 * @throws {AggregateError} of the kinds that failed, after all were tried
 */
export async function cleanUp(
  database: Database,
  workerId: string,
  kinds: readonly CleanUpKind[],
  nowMs: number,
): Promise<boolean> {
  const faults: unknown[] = [];
  const ran = await ifNobodyCleans(database, async () => {
    const settings = await readRetention(database);
    for (const kind of kinds) {
      const started = performance.now();
      let removed = 0;
      let error: string | null = null;
      try {
        removed = await STEPS[kind](database, settings, nowMs);
      } catch (cause) {
        error = cause instanceof Error ? cause.message : String(cause);
        faults.push(cause);
      }
      const durationMs = Math.round(performance.now() - started);
      await writeCleanUp(database, workerId, { kind, startedMs: nowMs, durationMs, removed, error });
    }
  });
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) throw new AggregateError(faults, faults.map(String).join("; "));
  return ran;
}

export type RetentionKeeper = Repeating;

/** A kick cleans everything now: the settings have changed. */
export function startRetentionKeeper(database: Database, workerId: string, log: Log): RetentionKeeper {
  let secretsCleanedMs = Number.NEGATIVE_INFINITY;
  const cleanMetrics = async () => {
    await cleanUp(database, workerId, ["metrics"], Date.now());
  };
  const cleanHistory = async () => {
    const nowMs = Date.now();
    const isDue = nowMs - secretsCleanedMs >= SECRETS_EVERY_MS;
    // After the revisions that named them.
    const ran = await cleanUp(database, workerId, isDue ? [...HISTORY, "secrets"] : HISTORY, nowMs);
    if (ran && isDue) secretsCleanedMs = nowMs;
  };
  const metrics = repeat("cleaning measurements up", METRICS_EVERY_MS, log, cleanMetrics);
  const history = repeat("cleaning history up", HISTORY_EVERY_MS, log, cleanHistory);
  return {
    kick: async () => {
      secretsCleanedMs = Number.NEGATIVE_INFINITY;
      await metrics.kick();
      await history.kick();
    },
    stop: async () => {
      await Promise.all([metrics.stop(), history.stop()]);
    },
  };
}
