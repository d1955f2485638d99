// Answers cut short: small ones are retried before the client has seen a byte, large ones cost few clients anything.
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, RawClient, request } from "./clients.ts";
import { proxyFor, startNode, startRawNode } from "./rig.ts";

afterEach(cleanUp);

/** Answers with a length of 10 and half of that, then closes. */
const startHalfNode = (length = 10) =>
  startRawNode((socket, text) => {
    if (!text.endsWith("\r\n\r\n")) return;
    socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${"x".repeat(length / 2)}`);
  });

describe("an answer cut short", () => {
  test.each([10, 12_000])(
    "of %i declared bytes is retried, and the client sees the other node's only",
    async (length) => {
      const [a, b] = [await startHalfNode(length), await startNode()];
      const { url, server, poolId } = await proxyFor([a, b]);
      expect(await load(url, 20)).toEqual(new Map([[200, 20]]));
      expect((await request(url)).body).toBe("ok");
      expect(server.poolState(poolId)?.nodes.map((node) => node.inFlight)).toEqual([0, 0]);
    },
  );

  test("ejects its node at the second in a row, with its cause", async () => {
    const [a, b] = [await startHalfNode(), await startNode()];
    const { url, server } = await proxyFor([a, b]);
    await load(url, 20, 1);
    expect(a.connections).toBe(2);
    expect(server.nodeState(a.id)?.ejection).toMatchObject({ state: "ejected", cause: "answer-truncated" });
    expect(b.hits).toBe(20);
  });

  test("of more than the pool holds back reaches the client, and is not replayed", async () => {
    const [a, b] = [await startHalfNode(40_000), await startNode()];
    const { url } = await proxyFor([a, b]);
    const bodies = await Promise.all([request(url), request(url)].map((sent) => sent.catch(() => ({ body: "cut" }))));
    expect(bodies.map(({ body }) => body).sort()).toEqual(["cut", "ok"]);
    expect([a.connections, b.hits]).toEqual([1, 1]);
  });

  test("is not retried where that is turned off, nor for a method that is not idempotent", async () => {
    const [a, b] = [await startHalfNode(), await startNode()];
    const off = await proxyFor([a, b], { retry: { holdAnswerBytes: 0 } });
    const pair = (url: string, method: string) =>
      Promise.all(
        [1, 2].map(() =>
          request(url, { method })
            .then(({ body }) => body)
            .catch(() => "cut"),
        ),
      );
    expect((await pair(off.url, "GET")).sort()).toEqual(["cut", "ok"]);
    const on = await proxyFor([a, b]);
    expect((await pair(on.url, "POST")).sort()).toEqual(["cut", "ok"]);
  });

  test("of every node becomes an answer of the proxy, not half a body", async () => {
    const [a, b] = [await startHalfNode(), await startHalfNode()];
    const { url } = await proxyFor([a, b]);
    const answer = await request(url);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([502, "bad-gateway"]);
    expect([a.connections, b.connections]).toEqual([1, 1]);
  });
});

describe("a small answer that comes in pieces", () => {
  test("reaches the client whole and unchanged", async () => {
    const body = "0123456789abcdef".repeat(900);
    const node = await startRawNode((socket, text) => {
      if (!text.endsWith(text.includes("POST") ? "\r\n\r\nx" : "\r\n\r\n")) return;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9_000)}`, () =>
        setImmediate(() => socket.write(body.slice(9_000))),
      );
    });
    const { url } = await proxyFor([node]);
    expect((await request(url)).body).toBe(body);
    expect((await request(url, { method: "POST" }, "x")).body).toBe(body);
  });

  test("leaves nothing behind when its client goes in the middle", async () => {
    const node = await startNode((_incoming, response) => {
      response.writeHead(200, { "Content-Length": "10" });
      response.write("half");
    });
    const { port, server, poolId } = await proxyFor([node]);
    const client = new RawClient(port).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await vi.waitFor(() => expect(node.hits).toBe(1));
    client.socket.destroy();
    await vi.waitFor(() => {
      expect(server.poolState(poolId)?.active).toBe(0);
      expect(server.nodeState(node.id)?.inFlight).toBe(0);
    });
    expect(client.received).toBe("");
  });
});

test("a node that answers 500 to everything costs idempotent requests nothing", async () => {
  const failing = await startNode((_incoming, response) => response.writeHead(500).end("broken"));
  const { url } = await proxyFor([failing, await startNode(), await startNode()]);
  expect(await load(url, 300)).toEqual(new Map([[200, 300]]));
  // Eight connections at once may have asked it before the fifth failure was known.
  expect(failing.hits).toBeLessThan(5 + 8);
});
