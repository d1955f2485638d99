// `npm run reload`: the running product takes what is in the checkout now, and the number of proxy processes that
// GB_PROXY_PROCESSES says now, without failing a request.
import { readEnvironment } from "#lib/contracts/env.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { sendCommand } from "./commands.ts";
import { messageOf } from "./faults.ts";
import { say, warn } from "./log.ts";

process.on("disconnect", () => process.exit(1));

async function run(): Promise<void> {
  const { GB_DATA_DIR, GB_PROXY_PROCESSES: processes } = readEnvironment(process.env);
  await sendCommand(dataDir(GB_DATA_DIR).commands, { command: "reload", processes }, say).catch((error) => {
    if (!["ENOENT", "ECONNREFUSED"].includes(error.code)) throw error;
    throw new Error(`No product that is ready runs on ${GB_DATA_DIR}: start it with npm start.`);
  });
}

run()
  .catch((error) => {
    warn(messageOf(error));
    process.exitCode = 1;
  })
  .finally(() => process.disconnect?.());
