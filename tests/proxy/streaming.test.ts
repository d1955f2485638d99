import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { RawClient, request } from "./clients.ts";
import { listen, proxyFor, startNode, type TestNode } from "./rig.ts";

afterEach(cleanUp);

/** A node whose handler gets the request as a stream. */
async function startStreamNode(handler: http.RequestListener): Promise<TestNode> {
  const node = await startNode();
  const server = http.createServer(handler);
  const port = await listen(server);
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return { ...node, port, url: `http://127.0.0.1:${port}` };
}

const MIB = 1_048_576;
const sum = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("bodies", () => {
  test.each([["Content-Length"], ["chunked"]])("of 24 MiB pass whole both ways, by %s", async (framing) => {
    const data = randomBytes(24 * MIB);
    const node = await startStreamNode((incoming, response) => {
      if (framing === "Content-Length") response.setHeader("Content-Length", data.length);
      incoming.pipe(response);
    });
    const { url } = await proxyFor([node]);
    const headers =
      framing === "Content-Length" ? { "Content-Length": data.length } : { "Transfer-Encoding": "chunked" };
    const answer = await request(url, { method: "POST", headers }, data);
    expect(answer.status).toBe(200);
    expect(sum(Buffer.from(answer.body, "latin1"))).toBe(sum(data));
  });

  test("that a client does not read are not taken from the node, and flow on when it does", async () => {
    const total = 64 * MIB;
    let written = 0;
    const node = await startStreamNode((_incoming, response) => {
      response.setHeader("Content-Length", total);
      const piece = Buffer.alloc(65_536, "x");
      const more = () => {
        while (written < total) {
          written += piece.length;
          if (!response.write(piece)) return;
        }
        response.end();
      };
      response.on("drain", more);
      more();
    });
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    client.socket.pause();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    // It stands still once the kernel's buffers are full; how much they hold is the kernel's business.
    let before = -1;
    await vi.waitFor(
      () => {
        const isStill = written > 0 && written === before;
        before = written;
        expect(isStill).toBe(true);
      },
      { interval: 200, timeout: 10_000 },
    );
    expect(written).toBeLessThan(32 * MIB);
    let received = 0;
    client.socket.removeAllListeners("data");
    client.socket.on("data", (bytes) => {
      received += bytes.length;
    });
    client.socket.resume();
    await once(client.socket, "close");
    expect(received).toBeGreaterThan(total);
  });

  test("that a node does not read are not taken from the client", async () => {
    const node = await startStreamNode((incoming) => void incoming.pause());
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
    const piece = Buffer.alloc(65_536, "x");
    let sent = 0;
    const more = () => {
      while (sent < 64 * MIB) {
        sent += piece.length;
        if (!client.socket.write(piece)) return;
      }
    };
    client.socket.on("drain", more);
    more();
    let before = -1;
    await vi.waitFor(
      () => {
        const isStill = sent === before;
        before = sent;
        expect(isStill).toBe(true);
      },
      { interval: 200, timeout: 10_000 },
    );
    expect(sent).toBeLessThan(32 * MIB);
  });
});

test("server-sent events arrive one by one, each before the next is sent", async () => {
  let send: (text: string) => void = () => {};
  const node = await startStreamNode((_incoming, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.flushHeaders();
    send = (text) => void response.write(text);
  });
  const { port } = await proxyFor([node]);
  const client = new RawClient(port).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.has("text/event-stream");
  for (let i = 0; i < 20; i++) {
    send(`data: ${i}\n\n`);
    await client.has(`data: ${i}\n\n`);
  }
});

describe("a client that leaves", () => {
  test("aborts the node's request at once, before an answer and within one", async () => {
    const closed: string[] = [];
    const node = await startStreamNode((incoming, response) => {
      response.on("close", () => closed.push(incoming.url ?? ""));
      if (incoming.url === "/within") response.write("some");
    });
    const { port, server, poolId, measured } = await proxyFor([node]);
    const before = new RawClient(port).send("GET /before HTTP/1.1\r\nHost: a\r\n\r\n");
    const within = new RawClient(port).send("GET /within HTTP/1.1\r\nHost: a\r\n\r\n");
    await within.has("some");
    await vi.waitFor(() => expect(server.poolState(poolId)?.active).toBe(2));
    before.socket.destroy();
    within.socket.destroy();
    await vi.waitFor(() => expect(closed.sort()).toEqual(["/before", "/within"]));
    await vi.waitFor(() => expect(server.poolState(poolId)?.active).toBe(0));
    const frame = measured();
    expect(frame.pools[0]).toMatchObject({ requests: 2, aborted: 2, successes: 0, failures: 0, inFlight: 0 });
    expect(frame.nodes[0]).toMatchObject({ requests: 2, aborted: 2, inFlight: 0 });
    expect(server.connectionCount).toBe(0);
  });

  test("within its own body aborts the node's request", async () => {
    let isAborted = false;
    let body = "";
    const node = await startStreamNode((incoming) => {
      incoming.on("error", () => {
        isAborted = true;
      });
      incoming.on("data", (bytes) => {
        body += bytes;
      });
    });
    const { port } = await proxyFor([node]);
    const client = new RawClient(port).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome");
    await vi.waitFor(() => expect(body).toBe("some"));
    client.socket.end();
    await vi.waitFor(() => expect(isAborted).toBe(true));
  });
});

test("random aborts, errors and truncations leave nothing behind", async () => {
  const node = await startStreamNode((incoming, response) => {
    const kind = incoming.url?.slice(1);
    incoming.resume();
    if (kind === "reset") response.destroy();
    else if (kind === "cut") {
      response.writeHead(200, { "Content-Length": "10" });
      response.write("half", () => response.destroy());
    } else if (kind === "slow") setTimeout(() => response.end("slow"), 20);
    else response.end("ok");
  });
  const { port, server, poolId } = await proxyFor([node], {
    ejection: { enabled: false },
    breaker: { enabled: false },
  });
  const kinds = ["ok", "ok", "reset", "cut", "slow", "leave"];
  const one = async (kind: string) => {
    const client = new RawClient(port).send(`GET /${kind} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    if (kind === "leave") client.socket.end();
    await client.closed();
  };
  let left = 2_000;
  const worker = async () => {
    while (left-- > 0) await one(kinds[left % kinds.length] as string);
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  await vi.waitFor(() => expect(server.connectionCount).toBe(0));
  expect(server.poolState(poolId)?.active).toBe(0);
  expect(server.nodeState(node.id)?.inFlight).toBe(0);
  expect(server.nodeState(node.id)?.attempts.size).toBe(0);
});

describe("whoever takes nothing", () => {
  test("of its answer is cut off, and the node's request with it", async () => {
    let isClosed = false;
    const node = await startStreamNode((_incoming, response) => {
      response.on("close", () => {
        isClosed = true;
      });
      const more = () => {
        while (!isClosed && response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", more);
      more();
    });
    const { port } = await proxyFor([node], {}, { stallMs: 200 });
    const client = new RawClient(port);
    client.socket.pause();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await vi.waitFor(() => expect(isClosed).toBe(true), { timeout: 10_000 });
  });

  test("of a request's body fails as a node that does not answer in time", async () => {
    const node = await startStreamNode((incoming) => void incoming.pause());
    const { url } = await proxyFor([node], { timeouts: { bodyIdleMs: 200 } });
    const answer = await new Promise<number>((resolve, reject) => {
      const sent = http.request(url, { method: "POST" }, (response) => resolve(response.statusCode ?? 0));
      sent.on("error", reject);
      sent.write(Buffer.alloc(32 * MIB));
    });
    expect(answer).toBe(504);
  });
});
