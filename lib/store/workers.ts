import { z } from "zod";
import { WORKER_LOST_AFTER_MS, WorkerProcess, type WorkerView } from "#lib/contracts/views.ts";
import { type Db, readAll, type Tx } from "#lib/store/db.ts";
import type { Worker } from "#lib/store/generated/client.ts";

/** Every worker that ever reported, by host and id. */
export async function readWorkers(client: Db | Tx): Promise<WorkerView[]> {
  const [rows, steps] = await readAll(client, [
    () => client.worker.findMany({ orderBy: [{ host: "asc" }, { id: "asc" }] }),
    () => client.$queryRaw<Step[]>`
      SELECT w.id, w.heartbeat_at >= now() - ${WORKER_LOST_AFTER_MS}::int * interval '1 millisecond' AS live,
        (SELECT r.published_at FROM revision r WHERE r.number > COALESCE(w.revision, 0) AND r.state = 'published'
         ORDER BY r.number LIMIT 1) AS behind
      FROM worker w`,
  ]);
  const stepOf = new Map(steps.map((step) => [step.id, step]));
  return rows.map((row) => toView(row, stepOf.get(row.id)));
}

type Step = { id: string; live: boolean; behind: Date | null };

/** Ids of the workers with a fresh heartbeat, by the database's clock, which also wrote it. */
export async function readLiveWorkers(client: Db | Tx): Promise<Set<string>> {
  const rows = await client.$queryRaw<{ id: string }[]>`
    SELECT id FROM worker WHERE heartbeat_at >= now() - ${WORKER_LOST_AFTER_MS}::int * interval '1 millisecond'`;
  return new Set(rows.map((row) => row.id));
}

const toView = (row: Worker, step: Step | undefined): WorkerView => ({
  id: row.id,
  host: row.host,
  startedAt: row.startedAt.toISOString(),
  heartbeatAt: row.heartbeatAt.toISOString(),
  state: step?.live ? "live" : "lost",
  revision: row.revision,
  revisionSince: row.revisionSince?.toISOString() ?? null,
  behindSince: step?.behind?.toISOString() ?? null,
  refusedRevision: row.refusedRevision,
  refusal: row.refusal,
  refusedSince: row.refusedSince?.toISOString() ?? null,
  proxyProcesses: row.proxyProcesses,
  processes: z.array(WorkerProcess).parse(row.processes),
  zone: row.zone,
});
