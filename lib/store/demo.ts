import { DemoPorts } from "#lib/contracts/demo.ts";
import type { DemoRun } from "#lib/core/demo/state.ts";
import type { Db, Tx } from "#lib/store/db.ts";

export type StoredDemo = DemoRun & {
  runId: string;
  startedAt: Date;
  startedBy: string;
  host: string;
  ports: DemoPorts;
};

/** The demo, if there is one, and the database's clock, which also wrote when it was seen: Unix ms. */
export async function readDemo(client: Db | Tx): Promise<{ demo: StoredDemo | null; nowMs: number }> {
  const [rows, clock] = await Promise.all([
    client.demoFleet.findMany(),
    client.$queryRaw<{ now: Date }[]>`SELECT now() AS now`,
  ]);
  const [row] = rows;
  const demo = row && {
    ...row,
    seenAtMs: row.seenAt?.getTime() ?? null,
    isConfigured: row.configuredAt !== null,
    ports: DemoPorts.parse(row.ports),
  };
  return { demo: demo ?? null, nowMs: clock[0]?.now.getTime() ?? 0 };
}
