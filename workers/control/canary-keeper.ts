// Judges the canary: adds up what this worker's clients met, tells the database, and decides by what all workers told. Every
// worker does; whoever ends it first has ended it for all. Without the database it goes on as it is: nothing is decided
// without evidence, and none is lost, as each worker keeps its sum and tells it again.

import type { CanaryEvidence, CanaryReason, CanaryTally } from "#lib/contracts/canary.ts";
import { longDetail } from "#lib/contracts/check-detail.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import { endedFor, evidenceOf } from "#lib/core/canary/evidence.ts";
import { addUp, countsOf } from "#lib/core/canary/tally.ts";
import { type CanaryVerdict, decideCanary } from "#lib/core/canary/verdict.ts";
import {
  endCanary,
  keepEvidence,
  type RunningCanary,
  readRunning,
  readTallies,
  type WorkerTally,
  writeTally,
} from "#lib/store/canary/canaries.ts";
import { overPg } from "#lib/store/canary/sql.ts";
import { type Database, inTransaction } from "#lib/store/control/database.ts";
import { readLiveWorkerIds } from "#lib/store/control/workers.ts";
import { auditSystem } from "#lib/store/in-database.ts";
import type { Fleet } from "./fleet.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

const EVERY_MS = 1_000;
const ACTOR = { id: "canary", name: "canary" };

export type CanaryKeeper = Repeating & {
  /** A whole second of the worker. */
  measured: (frame: MetricFrame) => void;
  /** This worker, or one of its processes, cannot run it. */
  refused: (canaryId: string, reason: string) => void;
};
export type CanaryKeeperOptions = {
  database: Database;
  workerId: string;
  log: Log;
  fleet: Fleet;
  /** What is in force is another one than is known here. */
  onNews: () => void;
};

/** What this worker knows of one canary. */
type Known = {
  readonly id: string;
  /** Measured since this process started. */
  tally: CanaryTally;
  /** Told by an earlier control process of this worker; null: not read yet. */
  earlier: CanaryTally | null;
};

export function startCanaryKeeper(options: CanaryKeeperOptions): CanaryKeeper {
  const { database, log, fleet } = options;
  let known: Known | null = null;
  let refusal: { canaryId: string; reason: string } | null = null;
  const of = (id: string): Known => {
    if (known?.id !== id) known = { id, tally: [], earlier: null };
    return known;
  };

  const judging = repeat("judging the canary", EVERY_MS, log, async () => {
    const id = refusal?.canaryId ?? fleet.config?.canary?.id;
    if (id === undefined) return;
    const canary = await readRunning(overPg(database));
    if (canary?.id !== id) {
      if (refusal?.canaryId === id) refusal = null;
      return options.onNews();
    }
    const told = await tell(options, of(id));
    const reason = refusal?.canaryId === id ? refusal.reason : null;
    await judge(options, canary, told, reason);
  });
  return {
    ...judging,
    measured: (frame) => {
      for (const { canaryId, ...part } of frame.canary ?? []) {
        if (canaryId !== fleet.config?.canary?.id) continue;
        const mine = of(canaryId);
        mine.tally = addUp([...mine.tally, part]);
      }
    },
    refused: (canaryId, reason) => {
      log.error({ canaryId, reason }, "the canary cannot be run");
      refusal = { canaryId, reason };
      void judging.kick();
    },
  };
}

/** @returns what all workers told, this one included */
async function tell({ database, workerId }: CanaryKeeperOptions, known: Known): Promise<WorkerTally[]> {
  const sql = overPg(database);
  known.earlier ??= (await readTallies(sql, known.id)).find((one) => one.workerId === workerId)?.tally ?? [];
  await writeTally(sql, known.id, workerId, addUp([...known.earlier, ...known.tally]));
  return readTallies(sql, known.id);
}

async function judge(
  options: CanaryKeeperOptions,
  canary: RunningCanary,
  told: readonly WorkerTally[],
  refusal: string | null,
): Promise<void> {
  const { database, workerId, log } = options;
  const { settings, startedMs, nowMs } = canary;
  const counts = countsOf(told.map(({ tally }) => tally));
  const measuredMs = new Map(told.map((one) => [one.workerId, one.measuredMs]));
  const live = await readLiveWorkerIds(database);
  const isComplete = live.every((id) => (measuredMs.get(id) ?? 0) >= startedMs + settings.durationMs);
  const verdict =
    refusal === null
      ? decideCanary({ settings, startedMs, counts, isComplete }, nowMs)
      : endedFor("roll-back", "refused");
  const evidence = evidenceOf(counts, verdict, nowMs);
  if (verdict.kind === "go-on") return keepEvidence(overPg(database), canary, evidence);
  const detail = refusal === null ? "" : longDetail("worker-refused", { worker: workerId, why: refusal });
  if (!(await end(options, canary, verdict, evidence, detail))) return;
  log.info({ canary: canary.id, revision: canary.revision, verdict, detail }, "the canary is over");
}

/** @returns whether it was this worker that ended it */
async function end(
  { database }: CanaryKeeperOptions,
  canary: RunningCanary,
  verdict: CanaryVerdict,
  evidence: CanaryEvidence,
  detail: string,
): Promise<boolean> {
  const to = verdict.kind === "promote" ? "promoted" : "rolled-back";
  return inTransaction(database, async (tx) => {
    const ended = await endCanary(overPg(tx), canary, { to, reason: verdict.reason, detail, by: null, evidence });
    if (ended) await auditEnd(tx, canary, to, verdict.reason, detail);
    return ended;
  });
}

const auditEnd = (
  tx: Parameters<typeof auditSystem>[0],
  { id, revision }: RunningCanary,
  to: "promoted" | "rolled-back",
  reason: CanaryReason,
  detail: string,
) =>
  auditSystem(
    tx,
    ACTOR,
    to === "promoted" ? "canary.promote" : "canary.rollback",
    { kind: "canary", id, name: `r${revision}` },
    { revision, reason, ...(detail !== "" && { detail }) },
  );
