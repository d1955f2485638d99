// This product's worker as the supervisor runs it, without database and web: proxy processes that inherit the listening
// socket, and the control process, both from the files on disk.
import { randomUUID } from "node:crypto";
import path from "node:path";
import { NodeInput, PoolInput, type PublishedConfig, RouteInput } from "#lib/contracts/config.ts";
import { bindListeningSocket } from "#workers/supervisor/listening-socket.ts";
import { freePort } from "./ports.ts";
import type { Started, Workshop } from "./workshop.ts";

const ROOT = path.join(import.meta.dirname, "../../..");
/** Nobody listens there: control works from the files, as it does while the database is down. */
const NO_DATABASE = "postgres://postgres@127.0.0.1:1/none";

/** A pool made from name, algorithm and node URLs alone: everything else is the default. */
export function poolOf(name: string, algorithm: string, ports: readonly number[], isDefault = true) {
  const nodes = ports.map((port, i) => ({
    id: randomUUID(),
    ...NodeInput.parse({ name: `node-${i + 1}`, url: `http://127.0.0.1:${port}` }),
  }));
  return { id: randomUUID(), ...PoolInput.parse({ name, algorithm, isDefault }), nodes };
}

export const routeTo = (poolId: string, match: object) => ({
  id: randomUUID(),
  ...RouteInput.parse({ name: "", match, poolId }),
});

export interface ProductOptions {
  document: PublishedConfig["document"];
  processes: number;
  core?: number;
  controlCore?: number;
  /** Arguments for the proxy's Node, such as those of the profiler. */
  nodeArgs?: string[];
}
export interface Product {
  port: number;
  proxies: Started[];
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Descriptor under which a proxy finds the listening socket (see workers/supervisor/specs.ts). */
const LISTEN_FD = 4;

export async function startProduct(shop: Workshop, options: ProductOptions): Promise<Product> {
  const dir = path.join(shop.dir, `worker-${randomUUID()}`);
  const config: PublishedConfig = { revision: 1, document: options.document };
  shop.file(path.relative(shop.dir, path.join(dir, "config.json")), JSON.stringify(config));
  const port = await freePort();
  const socket = await bindListeningSocket("127.0.0.1", port);
  const env = {
    NODE_ENV: "production",
    GB_DATA_DIR: dir,
    GB_LOG_LEVEL: "info",
    GB_PROXY_PROCESSES: String(options.processes),
    GB_ADMIN_PORT: String(await freePort()),
    GB_SECRET_KEY: "5e".repeat(32),
  };
  const control = await shop.start("control", process.execPath, [path.join(ROOT, "workers/control/main.ts")], {
    env: { ...env, DATABASE_URL: NO_DATABASE },
    core: options.controlCore,
  });
  const startProxy = (index: number) =>
    shop.start(
      `proxy ${index}`,
      process.execPath,
      [...(options.nodeArgs ?? []), path.join(ROOT, "workers/proxy/main.ts")],
      {
        env: { ...env, GB_PROXY_INDEX: String(index), GB_LISTEN_FD: String(LISTEN_FD) },
        stdio: ["ignore", "pipe", "pipe", "ipc", socket.fd],
        core: options.core,
      },
    );
  const proxies = await Promise.all(Array.from({ length: options.processes }, (_, index) => startProxy(index)));
  const stop = async (signal?: NodeJS.Signals) => {
    socket.close();
    await Promise.all([...proxies, control].map((started) => shop.stop(started, signal)));
  };
  return { port, proxies, stop };
}
