// Upgraded connections: WebSocket with a real client and a real server, and raw sockets for what those do not do.
import { once } from "node:events";
import type http from "node:http";
import type { Duplex } from "node:stream";
import v8 from "node:v8";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { UpstreamConnection } from "#workers/proxy/upstream/connection.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { RawClient, rawExchange } from "./clients.ts";
import { draining, proxyFor, runtimeOf, startNode, startRawNode } from "./rig.ts";

afterEach(cleanUp);

const MIB = 1_048_576;
const ASK = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

/** A node that accepts WebSockets, and a proxy before it. */
async function startSocketNode(accept: (socket: WebSocket) => void, settings: object = {}) {
  const node = await startNode();
  const sockets = new WebSocketServer({ server: node.server as http.Server });
  sockets.on("connection", accept);
  onCleanUp(() => void sockets.close());
  return { node, ...(await proxyFor([node], settings)) };
}

async function open(url: string, protocols: string[] = []): Promise<WebSocket> {
  const client = new WebSocket(url.replace("http:", "ws:"), protocols);
  onCleanUp(() => client.terminate());
  await once(client, "open");
  return client;
}

/** A node that switches protocols and hands its end of the tunnel over. */
async function startSwitchingNode(settings: object = {}) {
  const server = await startNode();
  const tunnels: Duplex[] = [];
  server.server.on("upgrade", (_request: http.IncomingMessage, socket: Duplex) => {
    socket.on("error", () => {});
    socket.write(SWITCH);
    tunnels.push(socket);
  });
  const proxy = await proxyFor([server], settings);
  const client = new RawClient(proxy.port).send(ASK);
  await client.has("\r\n\r\n");
  return { ...proxy, node: server, client, tunnel: tunnels[0] as Duplex };
}

describe("a WebSocket", () => {
  test("passes messages of any size both ways, and its subprotocol", async () => {
    const { url } = await startSocketNode((socket) => socket.on("message", (data) => socket.send(data)));
    const client = await open(url, ["chat.v2"]);
    expect(client.protocol).toBe("chat.v2");
    for (const size of [0, 1, 125, 65_536, 4 * MIB]) {
      const sent = Buffer.alloc(size, "m");
      client.send(sent);
      const [echo] = (await once(client, "message")) as [Buffer];
      expect(echo.equals(sent)).toBe(true);
    }
  });

  test("ends with the close code of whoever ended it", async () => {
    const codes: number[] = [];
    const { url } = await startSocketNode((socket) => {
      socket.on("close", (code) => codes.push(code));
      socket.on("message", () => socket.close(4002, "by the node"));
    });
    const byClient = await open(url);
    byClient.close(4001, "by the client");
    await once(byClient, "close");
    await vi.waitFor(() => expect(codes).toEqual([4001]));
    const byNode = await open(url);
    byNode.send("bye");
    const [code, reason] = (await once(byNode, "close")) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4002, "by the node"]);
  });

  test("is in flight while it is open, and measured: its switch as one request, its bytes as they pass", async () => {
    const { url, server, node, poolId } = await startSocketNode((socket) =>
      socket.on("message", (data) => socket.send(data)),
    );
    server.takeFrame(0);
    const client = await open(url);
    client.send(Buffer.alloc(10_000));
    await once(client, "message");
    const during = server.takeFrame(1);
    expect(during.pools[0]).toMatchObject({ requests: 1, successes: 1, failures: 0, status1xx: 1, inFlight: 1 });
    expect(during.nodes[0]).toMatchObject({ requests: 1, successes: 1, failures: 0, inFlight: 1 });
    expect(during.nodes[0]?.bytesIn).toBeGreaterThan(10_000);
    expect(during.nodes[0]?.bytesOut).toBeGreaterThan(10_000);
    client.close();
    await vi.waitFor(() => {
      expect(server.poolState(poolId)?.active).toBe(0);
      expect(server.nodeState(node.id)?.inFlight).toBe(0);
    });
    const after = server.takeFrame(2);
    expect(after.pools[0]).toMatchObject({ requests: 0, failures: 0, aborted: 0, inFlight: 0 });
  });

  test("of a draining node goes on until the deadline, and is then closed in order", async () => {
    const { url, server, node } = await startSocketNode((socket) => socket.on("message", (data) => socket.send(data)));
    const client = await open(url);
    server.applyNodes([runtimeOf(node.id, draining(Date.now() + 60_000))]);
    client.send("still here");
    await once(client, "message");
    const closed = once(client, "close");
    server.applyNodes([runtimeOf(node.id, draining(Date.now() - 1))]);
    // Going away: the client connects again, and gets another node.
    expect((await closed)[0]).toBe(1001);
    expect(server.nodeState(node.id)?.inFlight).toBe(0);
  });

  test("that is silent both ways for as long as allowed is closed, one that talks is not", async () => {
    const closed: string[] = [];
    const { url } = await startSocketNode((socket) => socket.on("message", (data) => socket.send(data)), {
      timeouts: { tunnelIdleMs: 1_000 },
    });
    const silent = await open(url);
    const talking = await open(url);
    silent.on("close", () => closed.push("silent"));
    talking.on("close", () => closed.push("talking"));
    talking.on("message", () => setTimeout(() => talking.send("more"), 100));
    talking.send("first");
    await once(silent, "close");
    expect(closed).toEqual(["silent"]);
  });
});

describe("a tunnel", () => {
  test("lets each side end for itself: what comes after the other's end still arrives", async () => {
    const { client, tunnel, server, node } = await startSwitchingNode();
    let heard = "";
    tunnel.on("data", (bytes) => {
      heard += bytes;
    });
    client.socket.allowHalfOpen = true;
    client.socket.end("the last of the client");
    await once(tunnel, "end");
    expect(heard).toBe("the last of the client");
    tunnel.end("an answer to all of it");
    await client.has("an answer to all of it");
    await client.closed();
    await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(0));
  });

  test("whose client vanishes ends at the node, and the other way round", async () => {
    const first = await startSwitchingNode();
    first.client.socket.resetAndDestroy();
    await once(first.tunnel.resume(), "end");
    await vi.waitFor(() => expect(first.server.nodeState(first.node.id)?.inFlight).toBe(0));
    const second = await startSwitchingNode();
    (second.tunnel as import("node:net").Socket).resetAndDestroy();
    await second.client.closed();
    expect(second.server.nodeState(second.node.id)?.inFlight).toBe(0);
  });

  test.each(["node", "client"])("leaves no connection and no timer behind when the %s ends first", async (first) => {
    const connections = () => v8.queryObjects(UpstreamConnection, { format: "count" });
    // Those of the tests before may not all be collected yet.
    const before = connections();
    const { client, tunnel } = await startSwitchingNode();
    client.socket.allowHalfOpen = true;
    tunnel.resume();
    const [begins, follows] = first === "node" ? [tunnel, client.socket] : [client.socket, tunnel];
    const closes = once(begins, "close");
    begins.end();
    await once(follows, "end");
    // The one that ended is closed by the time the other ends, too.
    follows.end();
    await closes;
    await client.closed();
    await vi.waitFor(() => expect(connections()).toBeLessThanOrEqual(before));
  });

  test("takes from neither side what the other does not take, and flows on when it does", async () => {
    const { client, tunnel } = await startSwitchingNode();
    const piece = Buffer.alloc(65_536, "x");
    const total = 64 * MIB;
    const pour = (from: Duplex) => {
      let sent = 0;
      const more = () => {
        while (sent < total) {
          sent += piece.length;
          if (!from.write(piece)) return;
        }
      };
      from.on("drain", more);
      more();
      return () => sent;
    };
    client.socket.pause();
    tunnel.pause();
    const counts = [pour(client.socket), pour(tunnel)];
    let before = [-1, -1];
    await vi.waitFor(
      () => {
        const now = counts.map((count) => count());
        const isStill = now.every((count, i) => count === before[i]);
        before = now;
        expect(isStill).toBe(true);
      },
      { interval: 200, timeout: 10_000 },
    );
    for (const count of before) expect(count).toBeLessThan(32 * MIB);
    const received = [0, 0];
    client.socket.removeAllListeners("data");
    for (const [i, end] of [client.socket, tunnel].entries()) {
      end.on("data", (bytes: Buffer) => {
        received[i] = (received[i] as number) + bytes.length;
      });
      end.resume();
    }
    await vi.waitFor(() => expect(received).toEqual([total, total]), { timeout: 15_000 });
  });

  test("gets what the client sent behind its request at once, however much", async () => {
    const early = "e".repeat(300_000);
    let heard = "";
    const node = await startRawNode((socket, text) => {
      const at = text.indexOf("\r\n\r\n") + 4;
      if (heard === "") socket.write(SWITCH);
      heard = text.slice(at) || " ";
      if (heard === early) socket.end("all");
    });
    const { port } = await proxyFor([node]);
    const client = new RawClient(port).send(ASK + early);
    await client.has("all");
  });
});

describe("101 Switching Protocols", () => {
  test.each([
    ["nobody asked for", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", SWITCH],
    ["names another protocol", ASK, SWITCH.replace("Upgrade: echo", "Upgrade: other")],
    ["names one protocol more", ASK, SWITCH.replace("Upgrade: echo", "Upgrade: echo, other")],
    ["names no protocol", ASK, SWITCH.replace("Upgrade: echo\r\n", "")],
    ["has no Connection: upgrade", ASK, SWITCH.replace("Connection: upgrade\r\n", "")],
    ["claims a body", ASK, SWITCH.replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\n")],
    ["claims a chunked body", ASK, SWITCH.replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n")],
  ])("that %s becomes 502 and opens no tunnel", async (_what, ask, answer) => {
    const node = await startRawNode((socket) => socket.write(`${answer}GET /next HTTP/1.1\r\n\r\n`));
    const { port, server } = await proxyFor([node], { retry: { maxRetries: 0 } });
    const client = new RawClient(port).send(ask);
    await client.has('"code":"bad-gateway"');
    expect(client.received).not.toContain("/next");
    expect(server.nodeState(node.id)?.inFlight).toBe(0);
  });

  test.each([["h2c"], ["H2C"], ["HTTP/2.0"], ["TLS/1.3"]])("is not asked of a node for %s", async (protocol) => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    const ask = `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AA\r\n\r\n`;
    expect(await rawExchange(port, ask)).toMatch(/^HTTP\/1\.1 200 /);
    expect(node.requests[0]?.headers).not.toHaveProperty("upgrade");
    expect(node.requests[0]?.headers).not.toHaveProperty("http2-settings");
  });

  test("that the node declines is an answer like any other, and the connection goes on", async () => {
    const node = await startNode((_request, response) => response.end("plain"));
    const { port } = await proxyFor([node]);
    const client = new RawClient(port).send(ASK);
    await client.has("plain");
    client.received = "";
    client.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.has("plain");
  });
});
