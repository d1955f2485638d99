// `npm run rotate-secret-key`: seals everything with another key while the product runs. A key of the data directory is made
// and put in its place; one that comes from GB_SECRET_KEY is given as GB_NEW_SECRET_KEY, and set by whoever sets the variable.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { readEnvironment } from "#lib/contracts/env.ts";
import { type DataDir, dataDir } from "#lib/store/data-dir.ts";
import { rotateSecretKey } from "#lib/store/rotate-secret-key.ts";
import { keptSecretKey, secretKeyOf } from "#lib/store/secret-key.ts";
import { sendCommand } from "./commands.ts";
import { messageOf } from "./faults.ts";
import { say, warn } from "./log.ts";
import { embeddedDatabaseUrl } from "./postgres/managed.ts";

process.on("disconnect", () => process.exit(1));

async function run(): Promise<void> {
  const { GB_SECRET_KEY: given, DATABASE_URL, GB_DATA_DIR } = readEnvironment(process.env);
  const dir = dataDir(GB_DATA_DIR);
  const url = DATABASE_URL ?? embeddedDatabaseUrl(dir);
  if (!url) throw new Error(`No product keeps its data in ${GB_DATA_DIR}: start it with npm start first.`);
  if (given === undefined) await rotateFile(dir, url);
  else await rotateVariable(given, url);
}

async function rotateFile(dir: DataDir, url: string): Promise<void> {
  const old = secretKeyOf(keptSecretKey(dir.secretKey));
  const text = randomBytes(32).toString("hex");
  // Kept before anything is sealed with it: whatever happens then, the key is there.
  const next = `${dir.secretKey}.next`;
  fs.writeFileSync(next, `${text}\n`, { mode: 0o600, flag: "wx" });
  let count: number;
  try {
    count = await rotateSecretKey(url, old, secretKeyOf(text));
  } catch (error) {
    fs.rmSync(next);
    throw error;
  }
  fs.renameSync(next, dir.secretKey);
  say(`${count} secrets are sealed with the new key ${secretKeyOf(text).id} in ${dir.secretKey}: back it up`);
  await sendCommand(dir.commands, { command: "reload" }, say).catch((error) => {
    if (!["ENOENT", "ECONNREFUSED"].includes(error.code)) throw error;
  });
}

async function rotateVariable(given: string, url: string): Promise<void> {
  const text = process.env.GB_NEW_SECRET_KEY;
  if (!text) throw new Error("The key comes from GB_SECRET_KEY: give the new one as GB_NEW_SECRET_KEY.");
  const count = await rotateSecretKey(url, secretKeyOf(given), secretKeyOf(text));
  say(`${count} secrets are sealed with the new key ${secretKeyOf(text).id}.`);
  say(
    "Set GB_SECRET_KEY to it on every host and start the product there again; until then certificates cannot be changed.",
  );
}

run()
  .catch((error) => {
    warn(messageOf(error));
    process.exitCode = 1;
  })
  .finally(() => process.disconnect?.());
