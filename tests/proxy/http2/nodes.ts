// Nodes that speak HTTP/2 in clear, by node:http2.
import { randomUUID } from "node:crypto";
import http2 from "node:http2";
import type net from "node:net";
import { onCleanUp } from "../clean-up.ts";
import { listen, startRawNode } from "../rig.ts";
import { Frame, frame, framesIn, PREFACE } from "./frames.ts";

export interface Http2Node {
  id: string;
  url: string;
  port: number;
  hits: number;
  sessions: Set<http2.ServerHttp2Session>;
  /** Sessions that were ever opened. */
  connections: number;
  requests: { headers: http2.IncomingHttpHeaders; body: string; trailers: http2.IncomingHttpHeaders }[];
  server: http2.Http2Server;
  close(): Promise<void>;
}

type Handler = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, body: Buffer) => void;

/** @param handler called with the whole request @param onStream called as soon as its head is there, instead */
export async function startHttp2Node(
  handler: Handler = (stream) => {
    stream.respond({ ":status": 200 });
    stream.end("ok");
  },
  options: { settings?: http2.Settings; onStream?: Handler; port?: number } = {},
): Promise<Http2Node> {
  const server = http2.createServer({ settings: options.settings ?? {} });
  const node: Http2Node = {
    id: randomUUID(),
    url: "",
    port: 0,
    hits: 0,
    sessions: new Set(),
    connections: 0,
    requests: [],
    server,
    close: () =>
      new Promise((resolve) => {
        for (const session of node.sessions) session.destroy();
        server.close(() => resolve());
      }),
  };
  server.on("session", (session) => {
    node.connections++;
    node.sessions.add(session);
    session.on("close", () => node.sessions.delete(session));
    session.on("error", () => {});
  });
  server.on("stream", (stream, headers) => {
    node.hits++;
    stream.on("error", () => {});
    if (options.onStream) {
      options.onStream(stream, headers, Buffer.alloc(0));
      return;
    }
    const pieces: Buffer[] = [];
    let trailers: http2.IncomingHttpHeaders = {};
    stream.on("trailers", (given) => {
      trailers = given;
    });
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("end", () => {
      if (stream.destroyed) return;
      const body = Buffer.concat(pieces);
      node.requests.push({ headers, body: body.toString("latin1"), trailers });
      handler(stream, headers, body);
    });
  });
  node.port = await listen(server, options.port);
  node.url = `http://127.0.0.1:${node.port}`;
  onCleanUp(() => node.close());
  return node;
}

/** A node that answers each request with these frames. Connections count from 1. */
export function startFrameNode(answer: (connection: number, streamId: number) => string) {
  const seen = new Map<net.Socket, { connection: number; requests: number }>();
  return startRawNode((socket, text) => {
    const known = seen.get(socket) ?? { connection: seen.size + 1, requests: 0 };
    if (!seen.has(socket)) socket.write(frame(Frame.settings, 0, 0), "latin1");
    seen.set(socket, known);
    const heads = framesIn(text.slice(PREFACE.length)).filter(({ type }) => type === Frame.headers);
    for (const { streamId } of heads.slice(known.requests)) socket.write(answer(known.connection, streamId), "latin1");
    known.requests = heads.length;
  });
}
