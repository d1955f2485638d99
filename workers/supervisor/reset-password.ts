// `npm run reset-password [-- EMAIL]`: who may read the data directory owns this installation, and gets in again.
import { readEnvironment } from "#lib/contracts/env.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { resetPassword } from "#lib/store/reset-password.ts";
import { adminLines } from "./banner.ts";
import { messageOf } from "./faults.ts";
import { warn } from "./log.ts";
import { embeddedDatabaseUrl } from "./postgres/managed.ts";

process.on("disconnect", () => process.exit(1));

async function run(): Promise<void> {
  const { GB_ADMIN_PASSWORD: chosen, DATABASE_URL, GB_DATA_DIR } = readEnvironment(process.env);
  const url = DATABASE_URL ?? embeddedDatabaseUrl(dataDir(GB_DATA_DIR));
  if (!url) throw new Error(`No product keeps its data in ${GB_DATA_DIR}: start it with npm start first.`);
  const reset = await resetPassword(url, process.argv[2] ?? null, chosen);
  const lines = adminLines({ ...reset, generated: chosen === undefined });
  process.stdout.write(`${lines.join("\n")}\nSessions of this person are ended.\n`);
}

run()
  .catch((error) => {
    warn(messageOf(error));
    process.exitCode = 1;
  })
  .finally(() => process.disconnect?.());
