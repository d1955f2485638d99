// Each time limit at its limit, by real sockets: what happens is waited for, however long that takes on a slow machine.
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { RawClient, rawExchange, request } from "./clients.ts";
import { proxyFor, startNode, startRawNode } from "./rig.ts";

afterEach(cleanUp);

const codeOf = (answer: { status: number; body: string }) => [answer.status, JSON.parse(answer.body).code];
const rawCode = (answer: string) => /"code":"([^"]*)"/.exec(answer)?.[1];

/** Sends `bytes` one by one until the connection is closed; returns all that came. */
async function trickle(port: number, start: string, bytes: string): Promise<string> {
  const client = new RawClient(port).send(start);
  let sent = 0;
  const timer = setInterval(() => client.send(bytes[sent++ % bytes.length] as string), 5);
  await client.closed();
  clearInterval(timer);
  return client.received;
}

describe("a client", () => {
  test("whose head comes byte by byte is cut when the whole of it is due, with 408 client-head-timeout", async () => {
    const { port } = await proxyFor([await startNode()], {}, { headMs: 100 });
    const answer = await trickle(port, "GET / HTTP/1.1\r\nX: ", "x");
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(rawCode(answer)).toBe("client-head-timeout");
  });

  test("that sends nothing is closed without an answer, before its first request and after one", async () => {
    const { port } = await proxyFor([await startNode()], {}, { idleMs: 100 });
    expect(await rawExchange(port, "")).toBe("");
    const answer = await rawExchange(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test("that sends nothing but empty lines is idle all the same", async () => {
    const { port } = await proxyFor([await startNode()], {}, { idleMs: 100 });
    expect(await trickle(port, "", "\r\n")).toMatch(/^(?:HTTP\/1\.1 408 .*)?$/s);
  });

  test("whose body pauses for too long gets 408 client-body-timeout, and its node's request ends", async () => {
    let closed = 0;
    const node = await startRawNode((socket) => socket.on("close", () => closed++));
    const { port } = await proxyFor([node], {}, { bodyIdleMs: 100 });
    const answer = await rawExchange(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(rawCode(answer)).toBe("client-body-timeout");
    await vi.waitFor(() => expect(closed).toBe(1));
  });

  test.each([
    ["by length", "Content-Length: 100000", "x"],
    ["in chunks", "Transfer-Encoding: chunked", "1\r\nx\r\n"],
  ])("whose body trickles, %s, gets 408 client-body-too-slow though it never pauses", async (_how, field, bytes) => {
    const limits = { bodyIdleMs: 400, minBodyBytesPerSecond: 1_000_000 };
    const { port } = await proxyFor([await startRawNode(() => {})], {}, limits);
    const answer = await trickle(port, `POST / HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n`, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(rawCode(answer)).toBe("client-body-too-slow");
  });

  test("may take its time where no pace is asked for", async () => {
    const node = await startNode((_incoming, response, body) => response.end(body));
    const { port } = await proxyFor([node], {}, { bodyIdleMs: 5_000, minBodyBytesPerSecond: 0 });
    const start = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 20\r\n\r\n";
    expect(await trickle(port, start, "x")).toMatch(/x{20}$/);
  });
});

describe("a node", () => {
  const once = { retry: { maxRetries: 0 }, hedge: { enabled: false } };

  test("that accepts but never agrees on TLS is a connect-timeout", async () => {
    const node = await startRawNode(() => {});
    const { url } = await proxyFor([{ ...node, url: node.url.replace("http:", "https:") }], {
      ...once,
      timeouts: { connectMs: 100 },
    });
    expect(codeOf(await request(url))).toEqual([504, "connect-timeout"]);
  });

  test("that does not begin to answer is a first-byte-timeout", async () => {
    const { url } = await proxyFor([await startNode(() => {})], { ...once, timeouts: { firstByteMs: 100 } });
    expect(codeOf(await request(url))).toEqual([504, "first-byte-timeout"]);
  });

  test("whose answer stops within a body that was held back is an answer-body-timeout", async () => {
    const node = await startRawNode((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
    const { url } = await proxyFor([node], { ...once, timeouts: { bodyIdleMs: 100 } });
    expect(codeOf(await request(url))).toEqual([504, "answer-body-timeout"]);
  });
});

describe("the whole request", () => {
  test("is answered 504 request-timeout when its time runs out at a node, which is held against the node", async () => {
    const node = await startNode(() => {});
    const { url, measured, server } = await proxyFor([node], {
      timeouts: { requestMs: 100 },
      hedge: { enabled: false },
    });
    expect(codeOf(await request(url))).toEqual([504, "request-timeout"]);
    expect(measured().nodes[0]).toMatchObject({ requests: 1, failures: 1, inFlight: 0 });
    expect(server.nodeState(node.id)?.attempts.size).toBe(0);
  });

  test("runs out in the queue, too", async () => {
    const node = await startNode(() => {});
    const { url, measured } = await proxyFor([node], {
      nodes: [{ id: node.id, url: node.url, maxInFlight: 1 }],
      timeouts: { requestMs: 150 },
      hedge: { enabled: false },
    });
    const answers = await Promise.all([request(url), request(url)]);
    expect(answers.map(codeOf)).toEqual([
      [504, "request-timeout"],
      [504, "request-timeout"],
    ]);
    expect(measured().pools[0]).toMatchObject({ requests: 2, queued: 0, inFlight: 0 });
  });

  test("cuts an answer that has begun, so that it cannot be taken for whole", async () => {
    const node = await startNode((_incoming, response) => {
      const timer = setInterval(() => response.write("more"), 10);
      response.on("close", () => clearInterval(timer));
    });
    const { url, server } = await proxyFor([node], { timeouts: { requestMs: 200 } });
    await expect(request(url)).rejects.toThrow();
    await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(0));
  });

  test("that runs out while the client sends is not held against the node", async () => {
    const { port, measured } = await proxyFor([await startRawNode(() => {})], { timeouts: { requestMs: 100 } });
    const answer = await trickle(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", "x");
    expect(rawCode(answer)).toBe("request-timeout");
    expect(measured().nodes[0]).toMatchObject({ requests: 1, successes: 0 });
  });
});
