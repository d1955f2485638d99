// One of the three nodes: answers after five milliseconds, until it is told to misbehave.
import http from "node:http";
import { bodyOf, bodyTemplate, FILE_BYTES, FILE_PATH, ITEM_BYTES, ITEM_PATH, NUMBER_DIGITS } from "../support/items.ts";

/** How a node can fail by its own doing; the other ways are done to it from outside. */
export type Misbehaviour = "none" | "slow" | "500" | "reset" | "half";

const LATENCY_MS = 5;
const SLOW_MS = 2_000;
const ITEM = bodyTemplate(ITEM_BYTES);
const FILE = bodyTemplate(FILE_BYTES);

let misbehaviour: Misbehaviour = "none";

function bodyFor(path: string): string {
  if (path.startsWith(ITEM_PATH)) return bodyOf(ITEM, path.slice(ITEM_PATH.length, ITEM_PATH.length + NUMBER_DIGITS));
  if (path.startsWith(FILE_PATH)) return bodyOf(FILE, path.slice(FILE_PATH.length, FILE_PATH.length + NUMBER_DIGITS));
  return "ok";
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const body = bodyFor(request.url ?? "/");
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  switch (misbehaviour) {
    case "none":
    case "slow":
      response.writeHead(200, headers).end(body);
      return;
    case "500":
      response.writeHead(500, { "Content-Length": 0 }).end();
      return;
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "half":
      response.writeHead(200, headers);
      response.write(body.slice(0, body.length / 2), () => request.socket.destroySoon());
      return;
  }
}

const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  setTimeout(answer, misbehaviour === "slow" ? SLOW_MS : LATENCY_MS, request, response);
});
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 1_024 }, () =>
  process.send?.({ type: "ready" }),
);
process.on("message", (message: Misbehaviour) => {
  misbehaviour = message;
});
process.on("disconnect", () => process.exit(0));
