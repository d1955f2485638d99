// What rules about the product itself find: its workers, its certificates, its revisions.
import type { ConditionOf } from "#lib/contracts/config/alert-rule.ts";
import { findingOf } from "./node-findings.ts";
import type { Finding, Subject, World, WorldWorker } from "./world.ts";

export type SystemCondition = ConditionOf<
  "worker-lost" | "certificate-expiry" | "stale-metrics" | "revision-refused" | "canary-rolled-back" | "database-lost"
>;
const DAY_MS = 86_400_000;
/** A worker that is silent for that long was taken out of service. */
const FORGOTTEN_MS = DAY_MS;
/** What a silent worker said of itself is not believed any more. */
const LIVE_MS = 10_000;

const subject = (kind: Subject["kind"], id: string, name: string): Subject => ({
  kind,
  id,
  name,
  poolId: null,
  poolName: "",
  labels: null,
});
const ofWorker = ({ id, host }: WorldWorker): Subject => subject("worker", id, host);

export function systemFindings(condition: SystemCondition, world: World): Finding[] {
  switch (condition.kind) {
    case "worker-lost":
      return world.workers
        .filter(({ silentMs }) => silentMs >= condition.afterMs && silentMs < FORGOTTEN_MS)
        .map((worker) =>
          findingOf(ofWorker(worker), {
            verdict: "breach",
            reason: "silent",
            figures: { value: worker.silentMs, limit: condition.afterMs },
            atMs: world.nowMs - worker.silentMs + condition.afterMs,
          }),
        );
    case "stale-metrics":
      return world.workers.flatMap((worker) => staleOf(worker, condition.afterMs, world.nowMs));
    case "revision-refused":
      return world.workers
        .filter(({ refusedRevision, silentMs }) => refusedRevision !== null && silentMs < FORGOTTEN_MS)
        .map((worker) =>
          findingOf(ofWorker(worker), {
            verdict: worker.silentMs < LIVE_MS ? "breach" : "hold",
            reason: "revision-refused",
            detail: worker.refusal ?? "",
            figures: { refused: worker.refusedRevision ?? 0, revision: worker.revision ?? 0 },
          }),
        );
    case "certificate-expiry":
      return world.certificates.flatMap((certificate) => expiryOf(certificate, condition.withinDays, world.nowMs));
    case "canary-rolled-back":
      return world.canaries
        .filter(({ endedMs }) => world.nowMs - endedMs < condition.tellForMs)
        .map(({ id, revision, reason, detail, endedMs }) =>
          findingOf(subject("canary", id, `r${revision}`), {
            verdict: "breach",
            reason: reason || "rolled-back",
            detail,
            figures: { revision },
            atMs: endedMs,
          }),
        );
    // Told afterwards, by who lost it: nobody can write it down while it lasts (workers/control/outages.ts).
    case "database-lost":
      return [];
  }
}

/** One that cannot be read is neither well nor about to expire: what was found of it stays, and its rule says so. */
function expiryOf(
  { id, name, notAfterMs }: World["certificates"][number],
  withinDays: number,
  nowMs: number,
): Finding[] {
  const of = subject("certificate", id, name);
  if (notAfterMs === null) return [findingOf(of, { verdict: "hold", reason: "" })];
  const [value, limit] = [notAfterMs - nowMs, withinDays * DAY_MS];
  if (value >= limit) return [];
  const figures = { value: Math.max(0, value), limit, notAfterMs };
  return [findingOf(of, { verdict: "breach", reason: value <= 0 ? "expired" : "expires-soon", figures })];
}

/** A worker without proxies measures nothing, and one that has just begun has not yet. */
function staleOf(worker: WorldWorker, afterMs: number, nowMs: number): Finding[] {
  if (worker.silentMs >= LIVE_MS || worker.proxyProcesses === 0) return [];
  const value = Math.min(worker.unmeasuredMs ?? Number.POSITIVE_INFINITY, nowMs - worker.startedMs);
  if (value < afterMs) return [];
  return [findingOf(ofWorker(worker), { verdict: "breach", reason: "no-figures", figures: { value, limit: afterMs } })];
}
