// The demo fleet's calls. What starts its nodes is tested elsewhere (demo.test.ts): here somebody stands in for the worker.
import { DEMO_POOLS } from "#lib/core/demo/fleet.ts";
import { db } from "#lib/store/db.ts";
import { type Answered, api } from "../harness.ts";
import type { Scenario } from "./scenarios.ts";

const post = (path: string, body: object = {}): Promise<Answered> => api("POST", path, { as: "admin", body });

/** A worker that lives, and a demo whose nodes it says it runs. */
async function standIn(): Promise<void> {
  const nodes = DEMO_POOLS.flatMap((each) => each.nodes);
  const ports = JSON.stringify(Object.fromEntries(nodes.map(({ id }, at) => [id, 20_000 + at])));
  await post("/demo/stop");
  await db().$executeRaw`INSERT INTO worker (id, host, started_at, heartbeat_at) VALUES ('w', 'here', now(), now())
    ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()`;
  await db().$executeRaw`INSERT INTO demo_fleet (run_id, started_by, worker_id, seen_at, ports)
    VALUES (gen_random_uuid(), 'somebody', 'w', now(), ${ports}::jsonb)`;
}

export const demoScenarios: Record<"startDemo" | "stopDemo", Scenario> = {
  startDemo: {
    good: async () => {
      await standIn();
      return () => post("/demo/start");
    },
    bad: async () => () => post("/demo/start", { not: "known" }),
  },
  stopDemo: {
    good: async () => {
      await standIn();
      await post("/demo/start");
      return () => post("/demo/stop");
    },
    bad: async () => () => post("/demo/stop", { not: "known" }),
  },
};
