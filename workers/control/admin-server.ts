// The worker's admin port: liveness, readiness, Prometheus metrics, and what the dashboard shows while the database is lost. On
// loopback it is open; elsewhere what names pools and nodes needs the bootstrap token.
import { createHash, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { WorkerLive } from "#lib/contracts/views.ts";
import { CONTENT_TYPE } from "./exposition.ts";

export type AdminOptions = {
  bind: string;
  /** 0: any free one. */
  port: number;
  token: string | undefined;
  /** Why this worker is not ready; empty when it is. */
  notReady: () => string[];
  metrics: () => string;
  /** WorkerLive of lib/contracts/views.ts. */
  live: () => WorkerLive;
};
export type AdminServer = { port: number; close: () => Promise<void> };

const PATHS: ReadonlySet<string> = new Set(["/livez", "/readyz", "/metrics", "/live"]);

/** Rejects when the port cannot be bound. */
export async function startAdminServer(options: AdminOptions): Promise<AdminServer> {
  const server = http.createServer((request, response) => answer(options, request, response));
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.bind, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(options: AdminOptions, request: http.IncomingMessage, response: http.ServerResponse) {
  const send = (status: number, body: string, headers: http.OutgoingHttpHeaders = {}) => {
    response.writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  request.resume();
  const path = request.url?.split("?", 1)[0];
  if (path === undefined || !PATHS.has(path)) return send(404, "not found\n");
  if (request.method !== "GET" && request.method !== "HEAD") return send(405, "only GET\n", { allow: "GET, HEAD" });
  if (path === "/livez") return send(200, "ok\n");
  if (path === "/readyz") {
    const faults = options.notReady();
    return faults.length === 0 ? send(200, "ok\n") : send(503, `${faults.join("\n")}\n`);
  }
  if (!isLoopback(options.bind) && !isAllowed(request.headers.authorization, options.token)) {
    return send(401, "a bearer token is needed\n", { "www-authenticate": "Bearer" });
  }
  if (path === "/live") return send(200, JSON.stringify(options.live()), { "content-type": "application/json" });
  send(200, options.metrics(), { "content-type": CONTENT_TYPE });
}

const isLoopback = (address: string): boolean =>
  address === "localhost" || address === "::1" || address.startsWith("127.");

/** Compares digests, so that neither the time nor the length tells anything of the token. */
function isAllowed(authorization: string | undefined, token: string | undefined): boolean {
  if (token === undefined) return false;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(authorization ?? ""), digest(`Bearer ${token}`));
}
