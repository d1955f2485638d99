// A node that behaves as each request tells it to, and that can be restarted on its port.
import { once } from "node:events";
import http from "node:http";
import type net from "node:net";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { bytesOf, Checker, stretchOf } from "./content.ts";

/** What a request's path may ask of the node; with how it is weighed by the clients, see operations.ts. */
export const KINDS = [
  "ok",
  "slow",
  "error",
  "reset",
  "half",
  "hang",
  "early",
  "closing",
  "idle-close",
  "hints",
  "empty",
] as const;
export type Kind = (typeof KINDS)[number];

/** Node leaves a socket open for good that is reset while its end is on its way: such a one is closed. */
function reset(socket: net.Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Requests that a connection is serving. */
const busy = new WeakMap<net.Socket, number>();

export class SoakNode {
  readonly id = crypto.randomUUID();
  port = 0;
  restarts = 0;
  #server: http.Server | null = null;
  readonly #sockets = new Set<net.Socket>();

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get openSockets(): number {
    return this.#sockets.size;
  }

  async start(): Promise<void> {
    const server = http.createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
      busy.set(request.socket, (busy.get(request.socket) ?? 0) + 1);
      response.on("close", () => busy.set(request.socket, (busy.get(request.socket) ?? 1) - 1));
      request.on("error", () => {});
      response.on("error", () => {});
      void answer(request, response);
    });
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data: Buffer) => {
        if (data.length === 3) socket.close(4000);
        else socket.send(data);
      });
    });
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) reset(socket);
    await closed;
  }

  async restart(downMs: number): Promise<void> {
    this.restarts++;
    await this.stop();
    await pause(downMs);
    await this.start();
  }
}

async function readBody(request: http.IncomingMessage): Promise<boolean> {
  const checker = new Checker(stretchOf(String(request.headers["x-body"] ?? "0,0")));
  try {
    for await (const piece of request) checker.take(piece as Buffer);
  } catch {
    return false;
  }
  return checker.isRight;
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://node");
  const kind = url.pathname.slice(1) as Kind;
  const stretch = stretchOf(url.searchParams.get("answer") ?? "0,0");
  response.setHeader("X-Echo", request.headers["x-request-id"] ?? "");
  if (kind === "early") {
    // While an earlier answer of the connection is not done with, Node queues its 100 Continue and then puts the head of an
    // answer made of bytes before it: the client would find the one in the content of the other.
    if (response.socket === null) await once(response, "socket");
    response.end(bytesOf(stretch));
    request.resume();
    return;
  }
  if (!(await readBody(request))) {
    if (!request.complete) return void response.destroy();
    response.writeHead(400, { "Content-Length": 0 }).end();
    return;
  }
  await behave(kind, bytesOf(stretch), url.searchParams.get("framing") ?? "length", response);
}

async function behave(kind: Kind, body: Buffer, framing: string, response: http.ServerResponse): Promise<void> {
  const { socket } = response.req;
  switch (kind) {
    case "reset":
      return reset(socket);
    case "hang":
      return;
    case "error":
      return void response.writeHead(500, { "Content-Length": body.length }).end(body);
    case "empty":
      return void response.writeHead(204).end();
    case "half":
      response.writeHead(200, { "Content-Length": body.length + 1_000 });
      return void response.write(body, () => socket.destroy());
    case "closing":
      response.shouldKeepAlive = false;
      break;
    case "hints":
      // Without its socket, behind an answer that is not quite over, Node would write them behind the head.
      if (response.socket) response.writeEarlyHints({ link: "</a>; rel=preload" });
      break;
    case "slow":
      return void (await inPieces(body, framing, response));
  }
  if (framing === "length") response.setHeader("Content-Length", body.length);
  else if (framing === "close") {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  } else response.write(body.subarray(0, body.length >> 1));
  response.end(framing === "chunked" ? body.subarray(body.length >> 1) : body);
  if (kind === "idle-close") setTimeout(() => (busy.get(socket) ? null : socket.destroy()), 2);
}

async function inPieces(body: Buffer, framing: string, response: http.ServerResponse): Promise<void> {
  if (framing === "length") response.setHeader("Content-Length", body.length);
  response.flushHeaders();
  for (let i = 0; i < 4 && !response.destroyed; i++) {
    await pause(2);
    const [from, to] = [i, i + 1].map((part) => Math.floor((body.length * part) / 4));
    response.write(body.subarray(from, to));
  }
  response.end();
}
