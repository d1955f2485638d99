// Real nodes, and real proxy processes with a port of their own each, for a control process on the same data directory.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Cleanups } from "./support.ts";

/** A node that answers as it likes. Resolves with its URL. */
export async function serve(after: Cleanups, listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after.add(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The proxy process number `index` of `count`, on the data directory `root`. Resolves when it is ready. */
export async function startProxy(
  after: Cleanups,
  { index, count, port, root }: { index: number; count: number; port: number; root: string },
): Promise<ChildProcess> {
  const env = {
    GB_DATA_DIR: root,
    GB_PROXY_PORT: String(port),
    GB_PROXY_INDEX: String(index),
    GB_PROXY_PROCESSES: String(count),
  };
  const child = spawn(process.execPath, [path.resolve("workers/proxy/main.ts")], {
    env: { ...process.env, ...env, GB_LOG_LEVEL: "error" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  after.add(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

const agent = new http.Agent({ keepAlive: true });

/** The body of the answer, whatever its status. */
export function ask(port: number, pathname: string, headers: http.OutgoingHttpHeaders = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port, path: pathname, headers, agent }, (response) => {
      let text = "";
      response.on("data", (piece) => {
        text += piece;
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });
}
