// Requests under TLS by real clients: node:https, ws, curl; and clients that do what they should not.
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import type http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { makeCertificate } from "#tests/support/certificates.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { startNode, startRawNode } from "./rig.ts";
import { connectTls, exchange, requestTls, shownFor, tlsProxyFor } from "./tls-rig.ts";

afterEach(cleanUp);

const MIB = 1_048_576;
const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const certificateFor = (...names: string[]) => makeCertificate({ names, issuer: authority });
const certificate = certificateFor("api.test", "127.0.0.1");
const offered = [{ certificate, isDefault: true }];
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "agreed",
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

describe("a request under TLS", () => {
  test("tells the node so, whatever the client claims", async () => {
    const node = await startNode();
    const { tlsPort, url } = await tlsProxyFor([node], offered);
    await requestTls(tlsPort, { headers: { "X-Forwarded-Proto": "http" } });
    await request(url, { headers: { "X-Forwarded-Proto": "https" } });
    expect(node.requests.map(({ headers }) => headers["x-forwarded-proto"])).toEqual(["https", "http"]);
    expect(node.requests[0]?.headers["x-forwarded-for"]).toBe("127.0.0.1");
  });

  test("keeps its connection, and pipelined ones are answered in order", async () => {
    const node = await startNode((request, response) => response.end(`<${request.url}>`));
    const { tlsPort } = await tlsProxyFor([node], offered);
    const socket = await connectTls(tlsPort);
    const asks = ["/1", "/2", "/3"].map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const text = await exchange(socket, asks.join(""), "</3>");
    expect(text.match(/<[^>]*>/g)).toEqual(["</1>", "</2>", "</3>"]);
    expect(await exchange(socket, asks[0] as string, "</1>")).toContain("200 OK");
  });

  test.each([24 * MIB, 3 * MIB + 17])("carries %i bytes both ways, whole", async (size) => {
    const sent = randomBytes(size);
    const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
    const node = await startNode((_request, response, body) => {
      response.setHeader("x-got", hash(body));
      response.end(body);
    });
    const { tlsPort } = await tlsProxyFor([node], offered);
    const answer = await requestTls(tlsPort, { method: "POST" }, sent);
    expect(answer.headers["x-got"]).toBe(hash(sent));
    expect(hash(answer.bytes)).toBe(hash(sent));
  });

  test("whose answer is cut short ends without TLS's notice of an end, so that nobody takes it for whole", async () => {
    const node = await startRawNode((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\nbegun");
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    const { tlsPort } = await tlsProxyFor([node], offered, { pool: { retry: { maxRetries: 0 } } });
    const socket = await connectTls(tlsPort);
    expect(await exchange(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "begun")).toContain("chunked");
    socket.resume();
    await once(socket, "close");
    expect(await codeOf(requestTls(tlsPort))).toBe("ECONNRESET");
  });

  test("that upgrades becomes a tunnel: a WebSocket passes messages of any size", async () => {
    const node = await startNode();
    const sockets = new WebSocketServer({ server: node.server as http.Server });
    sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
    onCleanUp(() => void sockets.close());
    const { tlsPort } = await tlsProxyFor([node], offered);
    const client = new WebSocket(`wss://127.0.0.1:${tlsPort}/`, { ca: authority.cert });
    onCleanUp(() => client.terminate());
    await once(client, "open");
    for (const size of [0, 125, 65_536, 4 * MIB]) {
      const sent = Buffer.alloc(size, "m");
      client.send(sent);
      const [echo] = (await once(client, "message")) as [Buffer];
      expect(echo.equals(sent)).toBe(true);
    }
    client.close(4001);
    const [code] = await once(client, "close");
    expect(code).toBe(4001);
  });

  test("of curl is served, and curl trusts the certificate by its authority", async () => {
    const node = await startNode((request, response) => response.end(`hello ${request.headers.host}`));
    const { tlsPort } = await tlsProxyFor([node], [{ certificate: certificateFor("api.test") }]);
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "gb-curl-"));
    onCleanUp(() => fs.rmSync(dir, { recursive: true }));
    const ca = path.join(dir, "ca.pem");
    fs.writeFileSync(ca, authority.cert);
    const resolve = `api.test:${tlsPort}:127.0.0.1`;
    const args = [
      "-sS",
      "--cacert",
      ca,
      "--resolve",
      resolve,
      `https://api.test:${tlsPort}/`,
      "-w",
      " %{http_version}",
    ];
    for (const [option, version] of [
      ["--http1.1", "1.1"],
      ["--http2", "2"],
    ] as const) {
      const { stdout } = await promisify(execFile)("curl", [option, ...args]);
      expect(stdout).toBe(`hello api.test:${tlsPort} ${version}`);
    }
    expect(node.requests.map(({ headers }) => headers["x-forwarded-proto"])).toEqual(["https", "https"]);
  });
});

describe("a client", () => {
  test("that does not finish its handshake is cut, however it drips; one that left is forgotten", async () => {
    const node = await startNode();
    const { tlsPort, configure } = await tlsProxyFor([node], offered, { settings: { handshakeMs: 300 } });
    const silent = net.connect(tlsPort, "127.0.0.1").on("error", () => {});
    const dripping = net.connect(tlsPort, "127.0.0.1").on("error", () => {});
    // A ClientHello of 512 bytes, of which one comes every 20 ms.
    dripping.write(Buffer.from("1603010200010001fc0303", "hex"));
    const drip = setInterval(() => dripping.write(Buffer.of(0)), 20);
    onCleanUp(() => clearInterval(drip));
    net
      .connect(tlsPort, "127.0.0.1")
      .on("error", () => {})
      .end();
    // With a reset as well as with an end: a byte that was on its way when the proxy closed makes it one.
    await Promise.all([silent, dripping].map((socket) => new Promise((resolve) => socket.once("close", resolve))));
    configure({});
    expect(await shownFor(tlsPort, "api.test")).toBe("api.test");
  });

  test("that speaks plain HTTP, or rubbish, to the TLS port is cut, and harms nobody", async () => {
    const node = await startNode();
    const { tlsPort } = await tlsProxyFor([node], offered);
    for (const bytes of [Buffer.from(GET), randomBytes(2_000)]) {
      const socket = net.connect(tlsPort, "127.0.0.1").on("error", () => {});
      socket.end(bytes);
      socket.resume();
      await once(socket, "close");
    }
    expect((await requestTls(tlsPort)).status).toBe(200);
    expect(node.hits).toBe(1);
  });

  test("that goes away in the middle of anything leaves nothing behind", async () => {
    const node = await startNode((_request, response) => response.write("begun"));
    const { tlsPort, server } = await tlsProxyFor([node], offered);
    const socket = await connectTls(tlsPort);
    await exchange(socket, GET, "begun");
    expect(server.connectionCount).toBe(1);
    socket.destroy();
    await vi.waitFor(() => expect([server.connectionCount, server.nodeState(node.id)?.inFlight]).toEqual([0, 0]));
  });

  test("is let finish when the process stops, and is told that its connection ends", async () => {
    const node = await startNode((_request, response) => setTimeout(() => response.end("late"), 100));
    const { tlsPort, server } = await tlsProxyFor([node], offered);
    const socket = await connectTls(tlsPort);
    const answer = exchange(socket, GET, "late");
    await vi.waitFor(() => expect(node.hits).toBe(1));
    const stopped = server.stop(5_000);
    expect(await answer).toContain("Connection: close");
    await stopped;
  });
});
