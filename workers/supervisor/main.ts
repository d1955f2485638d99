// `npm start`: checks, starts, and follows whoever started it to the end.
import path from "node:path";
import { parseArgs } from "node:util";
import { messageOf, StartFaults } from "./faults.ts";
import { say, warn } from "./log.ts";
import { checkStart } from "./start-checks.ts";
import type { Supervisor } from "./supervisor.ts";

const root = path.resolve(import.meta.dirname, "../..");
process.chdir(root);
const { values } = parseArgs({ options: { dev: { type: "boolean", default: false } } });

let supervisor: Supervisor | undefined;
let stopping: Promise<void> | undefined;

/** Ends everything once, and this process with it. */
function shutdown(exitCode: number): void {
  stopping ??= Promise.resolve(supervisor?.stop())
    .catch((error) => warn(`Stopping failed: ${messageOf(error)}`))
    .then(() => process.exit(exitCode));
}

function stopOn(reason: string): void {
  if (!stopping) say(`Stopping (${reason})`);
  shutdown(0);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopOn(signal));
// bootstrap.mjs holds the other end of this channel: it closes however bootstrap ends.
process.on("disconnect", () => stopOn("its starter ended"));
// A fault of our own must not leave orphans: everything is stopped in order all the same.
process.on("uncaughtException", (error) => {
  warn(`Unexpected: ${error.stack ?? messageOf(error)}`);
  shutdown(1);
});
// A terminal or a pipe that went away must not end us halfway through stopping.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

try {
  const checking = checkStart(process.env);
  // What it takes to start is loaded while the checks wait for their answers.
  const loading = import("./supervisor.ts");
  const { env, dir, state, isDatabaseAway } = await checking;
  supervisor = new (await loading).Supervisor({ root, env, dir, dev: values.dev }, state, isDatabaseAway);
  await supervisor.start();
} catch (error) {
  if (!stopping) warn(error instanceof StartFaults ? error.message : `Start failed: ${messageOf(error)}`);
  shutdown(1);
}
