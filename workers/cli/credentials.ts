// Where the token of `gb login` is kept: a file for its owner only, below XDG_CONFIG_HOME.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isRecord } from "#lib/core/config/same.ts";
import { Failure } from "./failure.ts";

export type Credentials = { server: string; token: string };
export type Environment = Record<string, string | undefined>;

export const DEFAULT_SERVER = "http://127.0.0.1:3000";

export const credentialsFile = (env: Environment): string =>
  path.join(env.XDG_CONFIG_HOME || path.join(os.homedir(), ".config"), "gemini-balance", "credentials.json");

/** What was logged in with; null: nothing. @throws {Failure} when the file is not what login writes, or others may read it */
export async function readCredentials(env: Environment): Promise<Credentials | null> {
  const file = credentialsFile(env);
  const text = await fs.readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw new Failure(`cannot read ${file}: ${error.message}`, { cause: error });
  });
  if (text === null) return null;
  const { mode } = await fs.stat(file);
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    throw new Failure(`${file} holds a token and may be read by others: chmod 600 it, or log in again`);
  const saved = safeJson(text);
  if (!isCredentials(saved)) throw new Failure(`${file} is not what gb login writes: remove it, or log in again`);
  return saved;
}

export async function writeCredentials(env: Environment, credentials: Credentials): Promise<string> {
  const file = credentialsFile(env);
  const temporary = `${file}.${process.pid}`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await fs.writeFile(temporary, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw new Failure(`cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
  return file;
}

/** Whether there was something to forget. */
export async function forgetCredentials(env: Environment): Promise<boolean> {
  try {
    await fs.unlink(credentialsFile(env));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw new Failure(`cannot remove ${credentialsFile(env)}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Server and token to use: the option, then the variables GB_SERVER and GB_API_TOKEN, then what was logged in with. A token
 * of `gb login` is only ever sent to the server that it is for.
 */
export async function resolveCredentials(
  env: Environment,
  option: string | undefined,
): Promise<{ server: string; token: string | null }> {
  const named = option ?? (env.GB_SERVER || undefined);
  const given = env.GB_API_TOKEN || null;
  const saved = given !== null && named !== undefined ? null : await readCredentials(env);
  const server = checkServer(named ?? saved?.server ?? DEFAULT_SERVER);
  return { server, token: given ?? (saved && checkServer(saved.server) === server ? saved.token : null) };
}

/** @throws {Failure} for what is no address of a server */
export function checkServer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw new Failure(`${text} is not the address of a server, such as https://balance.example.org`);
  return url.href.replace(/\/$/, "");
}

const isCredentials = (value: unknown): value is Credentials =>
  isRecord(value) && typeof value.server === "string" && typeof value.token === "string" && value.token !== "";

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
