// The load generator: a process of its own, so that checking every answer costs the proxy under test nothing.
import { closedLoop, openIdle, paced } from "./closed-loop.ts";
import type { LoadConnection } from "./connection.ts";
import type { Job } from "./jobs.ts";
import { openLoop } from "./open-loop.ts";
import { Tally } from "./tally.ts";

let idle: LoadConnection[] = [];

async function run(job: Job): Promise<Tally> {
  switch (job.kind) {
    case "closed":
    case "stream":
      return closedLoop(job);
    case "paced":
      return paced(job);
    case "open":
      return openLoop(job);
    case "idle": {
      const { tally, connections } = await openIdle(job);
      idle = connections;
      return tally;
    }
    case "close":
      for (const connection of idle.splice(0)) connection.close();
      return new Tally();
  }
}

process.on("message", async (job: Job) => {
  const tally = await run(job);
  process.send?.(tally.result());
});
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "ready" });
