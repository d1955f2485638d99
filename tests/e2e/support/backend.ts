// A real HTTP node that counts what reaches it. Health checks ask for `/`, the tests for anything else.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Backend = Awaited<ReturnType<typeof startBackend>>;

/** Starts a node on a free loopback port; it answers after `delayMs`. */
export async function startBackend(name: string, delayMs = 0) {
  let hits = 0;
  let lastHitMs = 0;
  const firstCameMs = new Map<string, number>();
  const answer = JSON.stringify({ node: name });
  const server = createServer((request, response) => {
    const send = () => response.writeHead(200, { "content-type": "application/json" }).end(answer);
    if (request.url === "/") return send();
    hits++;
    lastHitMs = performance.now();
    const id = String(request.headers["x-request-id"]);
    if (!firstCameMs.has(id)) firstCameMs.set(id, lastHitMs);
    return delayMs > 0 ? setTimeout(send, delayMs) : send();
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    hits: () => hits,
    /** When each request first came, by its id: a slow one may be sent to a second node too. */
    firstCameMs: (): ReadonlyMap<string, number> => firstCameMs,
    /** When the last request came, on the clock of `performance.now()`; 0 if none did. */
    lastHitMs: () => lastHitMs,
    /** As when the process is killed: the port is closed and what was in flight is reset. */
    async kill() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
    revive: () => listen(port),
  };
}
