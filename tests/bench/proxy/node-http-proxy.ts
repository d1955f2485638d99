// What people write by hand: a reverse proxy on node:http, streaming, with keep-alive both ways and the forwarding fields.
import http from "node:http";

const [port, nodePort] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });

const server = http.createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  const headers = { ...request.headers, "x-forwarded-for": request.socket.remoteAddress, "x-forwarded-proto": "http" };
  const { method, url: path } = request;
  const upstream = http.request({ host: "127.0.0.1", port: nodePort, method, path, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
});
server.listen({ port, host: "127.0.0.1", backlog: 4_096 }, () => process.send?.({ type: "ready" }));
process.on("disconnect", () => process.exit(0));
