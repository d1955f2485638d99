// What becomes of those who are still there when a process has given them their time.
import { once } from "node:events";
import type http from "node:http";
import net, { type Socket } from "node:net";
import { text } from "node:stream/consumers";
import tls from "node:tls";
import * as grpc from "@grpc/grpc-js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { makeCertificate } from "#tests/support/certificates.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { RawClient, request } from "./clients.ts";
import { END_STREAM, Frame, FrameClient, frame, GET } from "./http2/frames.ts";
import { connectGrpc, startGrpcNode } from "./http2/grpc-rig.ts";
import { proxyFor, startNode, startRawNode } from "./rig.ts";
import { connectTls, tlsProxyFor } from "./tls-rig.ts";

afterEach(cleanUp);

/** Long enough for what is said at the end to be heard. */
const GRACE_MS = 300;

/** A WebSocket through a proxy, and the node's end of it: of each, the code it was closed with. */
async function openSocket() {
  const node = await startNode();
  const sockets = new WebSocketServer({ server: node.server as http.Server });
  onCleanUp(() => void sockets.close());
  const accepted = once(sockets, "connection") as Promise<[WebSocket, http.IncomingMessage]>;
  const proxy = await proxyFor([node]);
  const client = new WebSocket(proxy.url.replace("http:", "ws:"));
  onCleanUp(() => client.terminate());
  await once(client, "open");
  const [atNode] = await accepted;
  const closedWith = (socket: WebSocket) => once(socket, "close").then(([code]) => code as number);
  const raw = (socket: WebSocket) => (socket as unknown as { _socket: Socket })._socket;
  return { ...proxy, client, atNode, closedWith, raw };
}

describe("a WebSocket that outlasts the time a process has", () => {
  test("is closed with 1001 on both sides", async () => {
    const { server, client, atNode, closedWith } = await openSocket();
    client.send("hello");
    await once(atNode, "message");
    const codes = Promise.all([closedWith(client), closedWith(atNode)]);
    await server.stop(GRACE_MS);
    expect(await codes).toEqual([1001, 1001]);
  });

  test("gets no frame of ours into the middle of one that is under way", async () => {
    const { server, client, atNode, closedWith, raw } = await openSocket();
    const received: Buffer[] = [];
    raw(atNode).on("data", (bytes: Buffer) => received.push(bytes));
    // A text of 100 bytes, of which four come.
    const half = Buffer.from([0x81, 0x80 | 100, 1, 2, 3, 4, 5, 6, 7, 8]);
    raw(client).write(half);
    await vi.waitFor(() => expect(Buffer.concat(received)).toEqual(half));
    const codes = Promise.all([closedWith(client), closedWith(atNode)]);
    await server.stop(GRACE_MS);
    // The node's frames were whole, so the client may be told; the node sees its connection end.
    expect(await codes).toEqual([1001, 1006]);
    expect(Buffer.concat(received)).toEqual(half);
  });

  test("is not told twice when one side has said goodbye already", async () => {
    const head = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    const goodbye = "\x88\x02\x03\xe8";
    const node = await startRawNode((socket) => socket.write(head + goodbye, "latin1"));
    const { server, port } = await proxyFor([node]);
    const ask = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    const client = await new RawClient(port).send(ask).has(goodbye);
    await server.stop(GRACE_MS);
    await client.closed();
    expect(client.received.split("\r\n\r\n")[1]).toBe(goodbye);
  });
});

test("a client with which TLS is being agreed on when the process stops gets its answer", async () => {
  const { server, tlsPort } = await tlsProxyFor(
    [await startNode()],
    [{ certificate: makeCertificate(), isDefault: true }],
  );
  const early = net.connect(tlsPort, "127.0.0.1");
  onCleanUp(() => void early.destroy());
  await once(early, "connect");
  // Connections are accepted in their order: that one is, when this one has come to something.
  (await connectTls(tlsPort)).destroy();
  const stopped = server.stop(10_000);
  const client = tls.connect({ socket: early, rejectUnauthorized: false });
  client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const answer = await text(client);
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toMatch(/\r\nConnection: close\r\n/);
  client.end();
  await stopped;
});

describe("a request that outlasts it", () => {
  test("is answered 503 when its answer has not begun", async () => {
    const node = await startNode(() => {});
    const { server, url } = await proxyFor([node], { hedge: { enabled: false } });
    const answer = request(url);
    await vi.waitFor(() => expect(node.hits).toBe(1));
    await server.stop(GRACE_MS);
    expect(await answer).toMatchObject({ status: 503, body: expect.stringContaining('"proxy-stopping"') });
  });

  test("is cut so that nobody takes its answer for whole, though only its end would say so", async () => {
    const node = await startNode((_request, response) => void response.write("half"));
    const { server, port } = await proxyFor([node]);
    const client = new RawClient(port).send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    let fault: NodeJS.ErrnoException | undefined;
    client.socket.on("error", (cause) => {
      fault = cause;
    });
    await client.has("half");
    await server.stop(GRACE_MS);
    await client.closed();
    expect(fault?.code).toBe("ECONNRESET");
  });

  test("is told UNAVAILABLE in a gRPC stream", async () => {
    const node = await startGrpcNode({ download: (call) => void call.write(Buffer.from("one")) });
    const { server, port } = await proxyFor([node], { protocol: "h2c" });
    const call = connectGrpc(port).download(Buffer.from("x"));
    const ended = new Promise<grpc.StatusObject>((resolve) => call.on("status", resolve));
    call.on("error", () => {});
    await once(call, "data");
    await server.stop(GRACE_MS);
    expect((await ended).code).toBe(grpc.status.UNAVAILABLE);
  });
});

test("a process that is hurried does not take the time it had before", async () => {
  const node = await startNode(() => {});
  const { server, url } = await proxyFor([node], { hedge: { enabled: false } });
  const answer = request(url);
  await vi.waitFor(() => expect(node.hits).toBe(1));
  const stopped = server.stop(3_600_000);
  void server.stop(GRACE_MS);
  await stopped;
  expect((await answer).status).toBe(503);
});

test("an HTTP/2 client is asked to send no more, what crosses that is served, and only then is it told which was the last", async () => {
  const node = await startNode();
  const { server, port } = await proxyFor([node]);
  const client = new FrameClient(port).request(1, GET);
  await client.until(() => client.answersTo(1).length === 1);
  const stopped = server.stop(10_000);
  const lastIds = () =>
    client.frames
      .filter(({ type }) => type === Frame.goaway)
      .map(({ payload }) => Buffer.from(payload, "latin1").readUInt32BE(0));
  const ping = () => client.frames.find(({ type, flags }) => type === Frame.ping && flags === 0);
  await client.until(() => ping() !== undefined);
  expect(lastIds()).toEqual([0x7fffffff]);
  client.request(3, GET);
  client.send(frame(Frame.ping, END_STREAM, 0, ping()?.payload));
  await client.until(() => client.answersTo(3).length === 1 && lastIds().length > 1);
  expect(lastIds()[1]).toBe(3);
  await stopped;
  expect(node.hits).toBe(2);
});
