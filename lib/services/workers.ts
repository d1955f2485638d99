import type { Actor } from "#lib/contracts/access.ts";
import type { HealthView, WorkerView } from "#lib/contracts/views.ts";
import { authorise } from "#lib/services/access.ts";
import { db } from "#lib/store/db.ts";
import { PUBLISHED } from "#lib/store/revisions.ts";
import { readWorkers } from "#lib/store/workers.ts";

/** The workers, with the revision that each of them runs. */
export async function listWorkers(actor: Actor): Promise<WorkerView[]> {
  authorise(actor, "viewer");
  return readWorkers(db());
}

/** Whether this server can do its work; for load balancers and scripts, hence for everybody. Rejects without a database. */
export async function readHealth(): Promise<HealthView> {
  const [newest, workers] = await Promise.all([
    db().revision.findFirst({ where: PUBLISHED, orderBy: { number: "desc" }, select: { number: true } }),
    readWorkers(db()),
  ]);
  return { status: "ok", revision: newest?.number ?? 0, workers };
}
