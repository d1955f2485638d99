import { WORKER_LOST_AFTER_MS, type WorkerView } from "#lib/contracts/views.ts";
import type { Db, Tx } from "#lib/store/db.ts";
import type { Worker } from "#lib/store/generated/client.ts";

/** Every worker that ever reported, by host and id. */
export async function readWorkers(client: Db | Tx): Promise<WorkerView[]> {
  const [rows, live] = await Promise.all([
    client.worker.findMany({ orderBy: [{ host: "asc" }, { id: "asc" }] }),
    readLiveWorkers(client),
  ]);
  return rows.map((row) => toView(row, live.has(row.id)));
}

/** Ids of the workers with a fresh heartbeat, by the database's clock, which also wrote it. */
export async function readLiveWorkers(client: Db | Tx): Promise<Set<string>> {
  const rows = await client.$queryRaw<{ id: string }[]>`
    SELECT id FROM worker WHERE heartbeat_at >= now() - ${WORKER_LOST_AFTER_MS}::int * interval '1 millisecond'`;
  return new Set(rows.map((row) => row.id));
}

const toView = (row: Worker, live: boolean): WorkerView => ({
  id: row.id,
  host: row.host,
  startedAt: row.startedAt.toISOString(),
  heartbeatAt: row.heartbeatAt.toISOString(),
  state: live ? "live" : "lost",
  revision: row.revision,
  refusedRevision: row.refusedRevision,
  refusal: row.refusal,
  proxyProcesses: row.proxyProcesses,
  zone: row.zone,
});
