import { CHANNELS } from "#lib/contracts/bus.ts";
import type { WorkerView } from "#lib/contracts/views.ts";
import { db } from "#lib/store/db.ts";
import { subscribe } from "#lib/store/notifications.ts";
import { readWorkers } from "#lib/store/workers.ts";

const PATIENCE_MS = 1_000;

/**
 * Waits until every live worker runs `revision` or a newer one, for at most a second.
 * @returns false when one does not yet, or refused it, or when no worker is alive: then nobody is waited for.
 */
export async function waitForWorkers(revision: number, patienceMs = PATIENCE_MS): Promise<boolean> {
  const first = convergence(await readWorkers(db()), revision);
  if (first !== "waiting") return first === "converged";
  return new Promise((resolve) => {
    const finish = (converged: boolean) => {
      clearTimeout(timer);
      unsubscribe();
      resolve(converged);
    };
    // The revision is published whatever happens here: a fault of reading means only that we cannot say.
    const look = () =>
      readWorkers(db()).then(
        (workers) => {
          const state = convergence(workers, revision);
          if (state !== "waiting") finish(state === "converged");
        },
        () => finish(false),
      );
    const timer = setTimeout(finish, patienceMs, false);
    const unsubscribe = subscribe({
      onConnected: look,
      onNotification: (channel) => channel === CHANNELS.worker && void look(),
    });
  });
}

function convergence(workers: readonly WorkerView[], revision: number): "converged" | "waiting" | "never" {
  const live = workers.filter((worker) => worker.state === "live");
  if (live.length === 0 || live.some((worker) => worker.refusedRevision === revision)) return "never";
  return live.every((worker) => (worker.revision ?? -1) >= revision) ? "converged" : "waiting";
}
