// Everything that can be known to be wrong before anything is started, found in one go.
import fs from "node:fs";
import { Environment, EnvironmentError, readEnvironment } from "#lib/contracts/env.ts";
import { requireSnapshotKey } from "#lib/store/certificates/snapshot-file.ts";
import { type DataDir, dataDir } from "#lib/store/data-dir.ts";
import { WrongSecretKeyError } from "#lib/store/secret-check.ts";
import { keptSecretKey, secretKeyOf } from "#lib/store/secret-key.ts";
import { describeDatabase, probeDatabase } from "./database.ts";
import { messageOf, StartFaults } from "./faults.ts";
import { endLeftovers } from "./leftovers.ts";
import { listenFault } from "./ports.ts";
import { StateFile } from "./state-file.ts";

/** `isDatabaseAway`: the database of DATABASE_URL does not answer, and there is a configuration to serve from meanwhile. */
export type Checked = { env: Environment; dir: DataDir; state: StateFile; isDatabaseAway: boolean };

const LISTENERS = [
  { port: "GB_WEB_PORT", bind: "GB_WEB_BIND" },
  { port: "GB_PROXY_PORT", bind: "GB_PROXY_BIND" },
  { port: "GB_PROXY_TLS_PORT", bind: "GB_PROXY_BIND" },
  { port: "GB_ADMIN_PORT", bind: "GB_ADMIN_BIND" },
] as const;

const QUICK_PROBE_MS = 400;

type Source = Record<string, string | undefined>;

/**
 * Checks variables, data directory, ports and DATABASE_URL, and takes the data directory.
 * @throws {StartFaults} naming every fault; nothing is held then.
 */
export async function checkStart(source: Source): Promise<Checked> {
  const faults: string[] = [];
  // Beside everything else: who hangs must not hold the start up for longer than it has to.
  const probing = checkDatabase(source);
  let env: Environment | undefined;
  try {
    env = readEnvironment(source);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    faults.push(...error.faults);
  }
  const taken = await takeDataDir(source, faults);
  faults.push(...secretKeyFaults(source, taken?.dir));
  faults.push(...(await Promise.all(LISTENERS.map((listener) => portFault(source, listener)))).flat());
  const database = await probing;
  faults.push(...database.faults);
  if (env && taken && faults.length === 0) return { env, ...taken, isDatabaseAway: database.isAway };
  taken?.state.release();
  throw new StartFaults(faults);
}

/** One variable alone, when it is usable: other faults must not hide what it leads to. */
function field<K extends keyof Environment>(source: Source, name: K): Environment[K] | undefined {
  const result = Environment.shape[name].safeParse(source[name] === "" ? undefined : source[name]);
  return result.success ? (result.data as Environment[K]) : undefined;
}

async function takeDataDir(source: Source, faults: string[]) {
  const root = field(source, "GB_DATA_DIR");
  if (root === undefined) return undefined;
  const dir = dataDir(root);
  try {
    fs.mkdirSync(dir.root, { recursive: true, mode: 0o700 });
    fs.chmodSync(dir.root, 0o700);
    const state = new StateFile(dir.supervisor);
    await endLeftovers(dir, state.leftovers);
    return { dir, state };
  } catch (error) {
    faults.push(`GB_DATA_DIR: ${dir.root} ${dataDirFault(error)}`);
    return undefined;
  }
}

function dataDirFault(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EACCES" || code === "EPERM") return "may not be used by this user";
  if (code === "EEXIST" || code === "ENOTDIR") return "is not a directory";
  return code ? `cannot be used (${code})` : messageOf(error);
}

/** The key must be there, and open what is on disk; whether it opens what the database holds is seen when that is up. */
function secretKeyFaults(source: Source, dir: DataDir | undefined): string[] {
  const given = field(source, "GB_SECRET_KEY");
  if (!dir || (given === undefined && source.GB_SECRET_KEY)) return []; // told already
  try {
    requireSnapshotKey(dir.certificates, secretKeyOf(given ?? keptSecretKey(dir.secretKey)));
    return [];
  } catch (error) {
    const message = messageOf(error);
    return [error instanceof WrongSecretKeyError ? message : `GB_SECRET_KEY: ${message}`];
  }
}

async function portFault(source: Source, names: (typeof LISTENERS)[number]): Promise<string[]> {
  const [port, bind] = [field(source, names.port), field(source, names.bind)];
  if (port === undefined || bind === undefined) return [];
  const fault = await listenFault(bind, port);
  return fault === undefined ? [] : [`${names.port}: ${fault}`];
}

/** An unreachable database is a fault only for a worker that has no configuration to serve from meanwhile. */
async function checkDatabase(source: Source): Promise<{ faults: string[]; isAway: boolean }> {
  // The product's own role may not be there yet: whoever owns the tables makes it.
  const owner = field(source, "GB_MIGRATION_DATABASE_URL");
  const url = owner ?? field(source, "DATABASE_URL");
  if (url === undefined) return { faults: [], isAway: false };
  const root = field(source, "GB_DATA_DIR");
  const canServe = root !== undefined && fs.existsSync(dataDir(root).config);
  // Who can serve meanwhile is not kept from it by a database that hangs.
  const probe = await probeDatabase(url, canServe ? QUICK_PROBE_MS : undefined);
  if (probe.state === "reachable") return { faults: [], isAway: false };
  if (probe.state === "unreachable" && canServe) return { faults: [], isAway: true };
  const what = probe.state === "refused" ? "refuses the connection" : "cannot be reached";
  const name = owner ? "GB_MIGRATION_DATABASE_URL" : "DATABASE_URL";
  return { faults: [`${name}: ${describeDatabase(url)} ${what}: ${probe.message}`], isAway: false };
}
