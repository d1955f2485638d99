// A node in a process of its own, so that a test can kill it: it answers every request after a few milliseconds.
import http from "node:http";
import type { AddressInfo } from "node:net";

const server = http.createServer((request, response) => {
  request.resume();
  request.on("end", () => setTimeout(() => response.end("ok"), 3));
});
const [port, backlog] = process.argv.slice(2).map(Number);
server.listen({ port, backlog, host: "127.0.0.1" }, () => {
  process.send?.((server.address() as AddressInfo).port);
});
