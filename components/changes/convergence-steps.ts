// How far workers, and each of their proxy processes, are with a revision: what the panel of a publish draws.
import type { WorkerView } from "#lib/contracts/views.ts";

export type Step = "runs" | "waiting" | "late" | "refused" | "lost";
/** A worker that no notification reached asks after five seconds by itself: whoever is behind for longer has a reason. */
export const LATE_AFTER_MS = 6_000;

/** Of a worker: whether it runs `revision`, or anything newer. @param nowMs 0 while it is not known: then nobody is late */
export function stepOf(worker: WorkerView, revision: number, nowMs = 0): Step {
  if (worker.state === "lost") return "lost";
  if (worker.revision !== null && worker.revision >= revision) return "runs";
  if (worker.refusedRevision !== null && worker.refusedRevision >= revision) return "refused";
  const behindMs = worker.behindSince === null ? 0 : nowMs - Date.parse(worker.behindSince);
  return behindMs > LATE_AFTER_MS ? "late" : "waiting";
}

/** Of one of its processes: it runs the revision before its worker does, which waits for all of them. */
export const processStep = (ofWorker: Step, running: number | null, revision: number): Step =>
  ofWorker !== "lost" && running !== null && running >= revision ? "runs" : ofWorker === "runs" ? "waiting" : ofWorker;

export type Convergence =
  /** Nobody is there to run it. */
  | { state: "none" }
  /** Every live worker runs it. `sinceMs`: when the last of them did; null: newer ones are in force since. */
  | { state: "done"; total: number; sinceMs: number | null }
  /** It goes no further by itself: these keep what they had. */
  | { state: "refused"; running: number; total: number; hosts: string[] }
  | { state: "late"; running: number; total: number; hosts: string[] }
  | { state: "waiting"; running: number; total: number };

/** What all of it comes to; lost workers are waited for by nobody. */
export function convergenceOf(workers: readonly WorkerView[], revision: number, nowMs: number): Convergence {
  const live = workers
    .map((worker) => ({ worker, step: stepOf(worker, revision, nowMs) }))
    .filter(({ step }) => step !== "lost");
  const hosts = (wanted: Step) => live.filter(({ step }) => step === wanted).map(({ worker }) => worker.host);
  const [running, total] = [hosts("runs").length, live.length];
  if (total === 0) return { state: "none" };
  if (running === total) {
    const since = live.map(({ worker }) =>
      worker.revision === revision ? Date.parse(worker.revisionSince ?? "") : NaN,
    );
    const lastMs = Math.max(...since);
    return { state: "done", total, sinceMs: Number.isNaN(lastMs) ? null : lastMs };
  }
  for (const state of ["refused", "late"] as const)
    if (hosts(state).length > 0) return { state, running, total, hosts: hosts(state) };
  return { state: "waiting", running, total };
}
