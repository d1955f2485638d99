// npm's http-proxy, set up as its documentation does, with a keep-alive agent.
import http from "node:http";
import { createRequire } from "node:module";

interface HttpProxy {
  web(request: http.IncomingMessage, response: http.ServerResponse): void;
  on(
    event: "error",
    handler: (error: Error, request: http.IncomingMessage, response: http.ServerResponse) => void,
  ): void;
}
const { createProxyServer } = createRequire(import.meta.url)("http-proxy") as {
  createProxyServer(options: { target: string; agent: http.Agent; xfwd: boolean }): HttpProxy;
};

const [port, nodePort] = process.argv.slice(2).map(Number);
const proxy = createProxyServer({
  target: `http://127.0.0.1:${nodePort}`,
  agent: new http.Agent({ keepAlive: true, maxSockets: 512 }),
  xfwd: true,
});
proxy.on("error", (_error, _request, response) => response.destroy());
const server = http.createServer({ keepAliveTimeout: 75_000 }, (request, response) => proxy.web(request, response));
server.listen({ port, host: "127.0.0.1", backlog: 4_096 }, () => process.send?.({ type: "ready" }));
process.on("disconnect", () => process.exit(0));
