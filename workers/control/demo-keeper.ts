// Runs the nodes and the traffic of the demo fleet in a process of its own, while there is a demo and this worker has it. Without the
// database it goes on as it is.
import { hostname } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { DEMO_TICK_MS, type DemoPorts } from "#lib/contracts/demo.ts";
import { demoPoolsIn } from "#lib/core/demo/fleet.ts";
import type { Database } from "#lib/store/control/database.ts";
import { claimDemo, type DemoClaim, reportDemo } from "#lib/store/control/demo.ts";
import { FromDemo, type ToDemo } from "#workers/demo/messages.ts";
import { ManagedProcess } from "#workers/supervisor/managed-process.ts";
import type { Fleet } from "./fleet.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

const PROGRAM = path.resolve(import.meta.dirname, "../demo/process.ts");
/** It has nothing to finish. */
const STOP = [{ signal: "SIGTERM", graceMs: 500 }] as const;
const MAX_HEAP_MB = 96;

type Options = {
  database: Database;
  workerId: string;
  log: Log;
  fleet: Fleet;
  /** Where this worker's proxy processes are met. */
  proxyUrl: string;
};
type Run = {
  id: string;
  process: ManagedProcess;
  tell: (message: ToDemo) => void;
  ports: DemoPorts;
  fault: string;
  /** Set once the process has said how it is. */
  isKnown: boolean;
};

export function startDemoKeeper({ database, workerId, log, fleet, proxyUrl }: Options): Repeating {
  let run: Run | null = null;
  const keeper = repeat("keeping the demo fleet", DEMO_TICK_MS, log, async () => {
    const claim = await claimDemo(database, workerId, hostname());
    if (run && run.id !== claim?.runId) {
      await run.process.stop();
      run = null;
    }
    if (!claim) return;
    run ??= begin(claim, proxyUrl, () => void keeper.kick());
    // Before its pools are there, and after, nobody would answer.
    run.tell({ type: "traffic", isOn: demoPoolsIn(fleet.config?.document ?? { pools: [] }).length > 0 });
    const { id: runId, ports, fault, isKnown } = run;
    if (isKnown && !isDeepStrictEqual({ runId, ports, fault }, claim))
      await reportDemo(database, workerId, { runId, ports, fault });
  });
  return {
    kick: keeper.kick,
    stop: async () => {
      await keeper.stop();
      await run?.process.stop();
    },
  };
}

function begin({ runId, ports }: DemoClaim, proxyUrl: string, onNews: () => void): Run {
  const heard = (news: Partial<Pick<Run, "ports" | "fault">>) => {
    Object.assign(run, news, { isKnown: true });
    onNews();
  };
  const run: Run = {
    id: runId,
    tell: () => {},
    ports,
    fault: "",
    isKnown: false,
    process: new ManagedProcess({
      name: "demo",
      command: () => ({
        file: process.execPath,
        args: [`--max-old-space-size=${MAX_HEAP_MB}`, PROGRAM],
        options: { stdio: ["ignore", "ignore", "inherit", "ipc"], env: { NODE_ENV: "production" } },
      }),
      ready: (child, gone) =>
        new Promise((resolve) => {
          run.tell = (message) => void (child.connected && child.send(message, () => {}));
          child.on("message", (given) => {
            const message = FromDemo.parse(given);
            if (message.type === "fault") return heard({ fault: message.message });
            heard({ ports: message.ports, fault: "" });
            resolve();
          });
          gone.addEventListener("abort", () => run.fault === "" && heard({ fault: "The demo's process ended." }));
          run.tell({ type: "start", ports: run.ports, proxyUrl });
        }),
      stop: STOP,
    }),
  };
  void run.process.start();
  return run;
}
