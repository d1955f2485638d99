// The web interface is built at the first start and whenever what it is made of has changed. A hash of contents tells,
// not times: a fresh clone, a copied folder and a changed branch all have misleading times.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isRunning, type ProcessIdentity, signalGroup } from "./process-identity.ts";

const INPUTS = [
  "app",
  "components",
  "lib",
  "public",
  "next.config.ts",
  "proxy.ts",
  "instrumentation.ts",
  "instrumentation-client.ts",
  "instrumentation-node.ts",
];
const INPUT_FILES = ["postcss.config.mjs", "postcss.config.cjs", "package.json", "package-lock.json"];

const MAX_SAID = 20_000;

const stampFile = (root: string) => path.join(root, ".next", "gemini-balance-build");

/** Hash of everything the build depends on. */
export function sourceHash(root: string): string {
  const hash = createHash("sha256").update(process.version);
  const add = (file: string) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const name of fs.readdirSync(file).sort()) add(path.join(file, name));
    else if (stat) hash.update(`\0${path.relative(root, file)}\0`).update(fs.readFileSync(file));
  };
  for (const name of [...INPUTS, ...INPUT_FILES]) add(path.join(root, name));
  return hash.digest("hex");
}

export function isBuilt(root: string): boolean {
  const file = stampFile(root);
  return fs.existsSync(file) && fs.readFileSync(file, "utf8") === sourceHash(root);
}

/**
 * Builds if needed. Of several supervisors that start from one checkout, one builds and the others wait for it.
 * @throws {Error} when the build fails or `signal` aborts it.
 */
export async function ensureBuilt(root: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  while (!isBuilt(root)) {
    const release = takeBuildLock(root);
    if (release === undefined) {
      await sleep(100, undefined, { signal });
      continue;
    }
    try {
      const hash = sourceHash(root);
      fs.rmSync(stampFile(root), { force: true });
      await build(root, env, signal);
      fs.writeFileSync(stampFile(root), hash);
      return; // even if a file was changed meanwhile: the next start sees that
    } finally {
      release();
    }
  }
}

async function build(root: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  // TypeScript 7 was seen to repeat errors of files that had been mended since, out of this cache.
  fs.rmSync(path.join(root, ".next/cache/.tsbuildinfo"), { force: true });
  const next = path.join(root, "node_modules/next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: root,
    env: { ...env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const said = gather(child);
  const abort = () => child.pid !== undefined && signalGroup(child.pid, "SIGKILL");
  signal.addEventListener("abort", abort);
  try {
    const [code, how] = await once(child, "close");
    signal.throwIfAborted();
    if (code !== 0)
      throw new Error(`The web interface could not be built (next build ended with ${how ?? code}):\n${said()}`);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** What the child writes, of both streams the last `MAX_SAID` characters: of interest only when it fails. */
function gather(child: ChildProcess): () => string {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-MAX_SAID);
    });
  return () => said.trimEnd();
}

/** Returns how to give the lock back, or undefined while a living process has it. */
function takeBuildLock(root: string): (() => void) | undefined {
  const file = path.join(root, ".next", "gemini-balance-build.lock");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    fs.writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: "wx" });
    return () => fs.rmSync(file, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (!isHeld(file)) fs.rmSync(file, { force: true });
  return undefined;
}

function isHeld(file: string): boolean {
  try {
    return isRunning(JSON.parse(fs.readFileSync(file, "utf8")) as ProcessIdentity);
  } catch {
    return false;
  }
}
