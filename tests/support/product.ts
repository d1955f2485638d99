// The real product, started as `npm start` starts it, with ports and a data directory of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { listenFault } from "#workers/supervisor/ports.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** As `npm start` has it (workers/supervisor/bootstrap.mjs). */
const COMPILE_CACHE = path.join(root, "node_modules/.cache/node");

export type Variables = Record<string, string>;

/** Free ports from 13000 to 20000: below what the system hands out by itself, so that nobody takes them meanwhile. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 13_000 + Math.floor(Math.random() * 7_000);
    if (!ports.includes(port) && (await listenFault("127.0.0.1", port)) === undefined) ports.push(port);
  }
  return ports;
}

/** Variables for a product beside whatever else runs on this machine, its data in `dataDir`. */
export async function ownVariables(dataDir: string, extra: Variables = {}): Promise<Variables> {
  const [web, proxy, admin] = await freePorts(3);
  return {
    GB_WEB_PORT: String(web),
    GB_PROXY_PORT: String(proxy),
    GB_ADMIN_PORT: String(admin),
    GB_DATA_DIR: dataDir,
    GB_PROXY_PROCESSES: "2",
    GB_LOG_LEVEL: "warn",
    ...extra,
  };
}

export type Started = { child: ChildProcess; pid: number; output(): string; exit: Promise<number | null> };

/** Starts the supervisor itself. What the test run has of our variables, npm's and vitest's is left out. */
export function startSupervisor(variables: Variables): Started {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(GB_|DATABASE_URL|NODE_|VITEST|npm_)/.test(name));
  const child = spawn(process.execPath, [path.join(root, "workers/supervisor/main.ts")], {
    env: { ...Object.fromEntries(inherited), NODE_COMPILE_CACHE: COMPILE_CACHE, NODE_ENV: "production", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  const exit = once(child, "close").then(([code]) => code as number | null);
  return { child, pid: child.pid ?? 0, output: () => text, exit };
}

/**
 * Resolves when the banner says that everything serves.
 * @throws {Error} with all that was printed, when the product ends or is not ready in time.
 */
export async function untilReady({ child, output, exit }: Started, withinMs: number): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    const look = () => output().includes("Gemini Balance is ready") && resolve();
    child.stdout?.on("data", look);
    look();
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not ready within ${withinMs} ms:\n${output()}`)), withinMs);
  });
  const ended = exit.then((code) => Promise.reject(new Error(`Ended with exit code ${code}:\n${output()}`)));
  await Promise.race([ready, late, ended]).finally(() => clearTimeout(timer));
}
