import type { Actor } from "#lib/contracts/access.ts";
import type { DemoRefusal, DemoView } from "#lib/contracts/demo.ts";
import { demoPoolsIn, isNpmDemoIn } from "#lib/core/demo/fleet.ts";
import { demoRefusal, demoState } from "#lib/core/demo/state.ts";
import { reaches, requireRole } from "#lib/services/access.ts";
import { currentHead } from "#lib/services/head.ts";
import { db } from "#lib/store/db.ts";
import { readDemo } from "#lib/store/demo.ts";
import { readWorkers } from "#lib/store/workers.ts";

/** How it is with the demo fleet, and whether one could be started. */
export async function getDemo(actor: Actor): Promise<DemoView> {
  requireRole(actor, "viewer");
  const [{ demo, nowMs }, { document }, refusal] = await Promise.all([readDemo(db()), currentHead(), refusalNow()]);
  const pools = demoPoolsIn(document);
  return {
    state: demoState(demo, pools.length, nowMs),
    startedAt: demo?.startedAt.toISOString() ?? null,
    startedBy: demo?.startedBy ?? null,
    host: demo?.host || null,
    fault: demo?.fault || null,
    pools: pools.filter(({ id }) => reaches(actor, id)).map(({ id, name }) => ({ id, name })),
    refusal,
  };
}

export async function refusalNow(): Promise<DemoRefusal | null> {
  const [workers, { document }] = await Promise.all([readWorkers(db()), currentHead()]);
  const live = workers.filter(({ state }) => state === "live");
  return demoRefusal(
    process.env.GB_DEMO === "off",
    live.map(({ host }) => host),
    isNpmDemoIn(document),
  );
}
