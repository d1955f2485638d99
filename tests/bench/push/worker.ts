// A worker as the product has it: a control process and its proxy processes, on a data directory of its own.
import path from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../support/ports.ts";
import type { Started, Workshop } from "../support/workshop.ts";

const ROOT = path.join(import.meta.dirname, "../../..");

/** A proxy process put a revision in force. */
export type Applied = { process: string; revision: number; atMs: number; tookMs: number };
export type RunningWorker = { control: Started; proxies: Started[] };

/** Starts it; `onApplied` is told of what its proxy processes write into their logs. */
export async function startWorker(
  shop: Workshop,
  { name, databaseUrl, processes }: { name: string; databaseUrl: string; processes: number },
  onApplied: (applied: Applied) => void,
): Promise<RunningWorker> {
  const env = {
    NODE_ENV: "production",
    GB_DATA_DIR: path.join(shop.dir, name),
    GB_PROXY_PROCESSES: String(processes),
    GB_LOG_LEVEL: "info",
    DATABASE_URL: databaseUrl,
  };
  const start = (title: string, file: string, more: Record<string, string>) =>
    shop.start(`${name} ${title}`, process.execPath, [path.join(ROOT, file)], { env: { ...env, ...more } });
  const control = await start("control", "workers/control/main.ts", { GB_ADMIN_PORT: String(await freePort()) });
  const proxies: Started[] = [];
  for (let index = 0; index < processes; index++) {
    const port = String(await freePort());
    const proxy = await start(`proxy ${index}`, "workers/proxy/main.ts", {
      GB_PROXY_PORT: port,
      GB_PROXY_INDEX: String(index),
    });
    readLog(proxy, onApplied);
    proxies.push(proxy);
  }
  return { control, proxies };
}

function readLog({ process: child, name }: Started, onApplied: (applied: Applied) => void): void {
  if (!child.stdout) throw new Error(`${name} has no output`);
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.includes('"runs a new revision"')) return;
    const { revision, time, tookMs } = JSON.parse(line) as { revision: number; time: number; tookMs: number };
    onApplied({ process: name, revision, atMs: time, tookMs });
  });
}
