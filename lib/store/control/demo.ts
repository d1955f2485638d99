// Which worker runs the demo's nodes. By the database's clock, so that no two workers have to agree about time.
import { DEMO_AWAY_AFTER_MS, DemoPorts } from "#lib/contracts/demo.ts";
import type { Queryable } from "./database.ts";

export type DemoClaim = { runId: string; ports: DemoPorts; fault: string };

/**
 * Takes the demo, or keeps it: one that nobody runs, or whose worker has been silent for too long.
 * @returns null when there is none, or another worker runs it
 */
export async function claimDemo(db: Queryable, workerId: string, host: string): Promise<DemoClaim | null> {
  const { rows } = await db.query<{ run_id: string; ports: unknown; fault: string }>(
    `UPDATE demo_fleet SET worker_id = $1, host = $2, seen_at = now()
     WHERE worker_id IS NULL OR worker_id = $1 OR seen_at <= now() - $3::int * interval '1 millisecond'
     RETURNING run_id, ports, fault`,
    [workerId, host, DEMO_AWAY_AFTER_MS],
  );
  const [row] = rows;
  return row ? { runId: row.run_id, ports: DemoPorts.parse(row.ports), fault: row.fault } : null;
}

/** Tells at which ports the nodes listen, or why they do not. Nothing comes of it when the demo is another one by now. */
export async function reportDemo(db: Queryable, workerId: string, { runId, ports, fault }: DemoClaim): Promise<void> {
  await db.query("UPDATE demo_fleet SET ports = $3, fault = $4, seen_at = now() WHERE worker_id = $1 AND run_id = $2", [
    workerId,
    runId,
    JSON.stringify(ports),
    fault,
  ]);
}
