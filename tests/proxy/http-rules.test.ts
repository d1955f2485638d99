// Rules of HTTP/1.1 between two sides (RFC 9110, RFC 9112), each with a client and a node that speak bytes.
import { execFile } from "node:child_process";
import type net from "node:net";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { Agent, fetch, request as undiciRequest } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { RawClient, rawExchange } from "./clients.ts";
import { proxyFor, startNode, startRawNode } from "./rig.ts";

afterEach(cleanUp);

const run = promisify(execFile);
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const LAST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";

/** A node that answers each head with `answer`. */
const answering = (answer: string) => {
  const answered = new WeakMap<net.Socket, number>();
  return startRawNode((socket, text) => {
    const heads = text.split("\r\n\r\n").length - 1;
    for (let i = answered.get(socket) ?? 0; i < heads; i++) socket.write(answer);
    answered.set(socket, heads);
  });
};
/** A node that answers the first head of each connection, and what was sent to it. */
async function scripted(onHead: (socket: net.Socket, text: string) => void) {
  const seen: string[] = [];
  const node = await startRawNode((socket, text) => {
    seen.push(text);
    onHead(socket, text);
  });
  return { node, seen };
}

describe("Expect: 100-continue", () => {
  test("of a client that does not wait is no obstacle: the body that came along is sent with the head", async () => {
    const node = await startNode((_request, response, body) => response.end(body));
    const { port } = await proxyFor([node]);
    const client = new RawClient(port).send(`${POST}body`);
    await client.has("\r\n\r\nbody");
    expect(node.requests[0]?.body).toBe("body");
  });

  test("that the node declines by 417 gets the client that, and no body is sent", async () => {
    const { node, seen } = await scripted((socket) =>
      socket.write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"),
    );
    const { port } = await proxyFor([node]);
    const answer = await rawExchange(port, POST);
    expect(answer).toMatch(/^HTTP\/1\.1 417 /);
    expect(answer).toContain("Connection: close\r\n");
    expect(seen.at(-1)).toMatch(/Expect: 100-continue\r\n\r\n$/);
  });

  test("that the node answers for good at once, ends the connections, since a body may be under way on both", async () => {
    const { node, seen } = await scripted((socket) =>
      socket.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"),
    );
    const { port } = await proxyFor([node]);
    for (let i = 0; i < 2; i++) expect(await rawExchange(port, POST)).toMatch(/^HTTP\/1\.1 403 [\s\S]*no$/);
    expect(node.connections).toBe(2);
    expect(seen.every((text) => !text.includes("body"))).toBe(true);
  });

  test("is not asked of the node for a client of HTTP/1.0, or where there is no body", async () => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    await rawExchange(port, "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\na");
    await rawExchange(port, LAST.replace("Host", "Expect: 100-continue\r\nHost"));
    expect(node.requests.map(({ headers }) => headers.expect)).toEqual([undefined, undefined]);
  });

  test("for anything else is answered 417", async () => {
    const { port } = await proxyFor([await startNode()]);
    expect(await rawExchange(port, POST.replace("100-continue", "magic"))).toMatch(
      /^HTTP\/1\.1 417 [\s\S]*expectation-failed/,
    );
  });
});

describe("an answer", () => {
  test("of 1xx is passed on to HTTP/1.1, without hop-by-hop fields, and never to HTTP/1.0", async () => {
    const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n";
    const { port } = await proxyFor([await answering(hints + OK)]);
    const answer = await rawExchange(port, LAST);
    expect(answer).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a.css>\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(await rawExchange(port, "GET / HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test.each([
    ["204", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"],
    ["304", 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 5\r\n\r\n'],
  ])("of %s has no body, whatever its length says, and the connections go on", async (status, head) => {
    const node = await answering(head);
    const { port } = await proxyFor([node]);
    const answer = await rawExchange(port, GET + LAST);
    expect(answer.match(new RegExp(`^HTTP/1\\.1 ${status} `, "gm"))).toHaveLength(2);
    expect(answer.includes("Content-Length: 5")).toBe(status === "304");
    expect(node.connections).toBe(1);
  });

  test("to HEAD has its length and no body", async () => {
    const node = await answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    const { port } = await proxyFor([node]);
    const answer = await rawExchange(port, (GET + LAST).replaceAll("GET", "HEAD"));
    expect(answer.match(/Content-Length: 1000\r\n/g)).toHaveLength(2);
    expect(node.connections).toBe(1);
  });

  test("loses the fields that belong to the node's connection, also those that Connection names", async () => {
    const fields =
      "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=60\r\nProxy-Connection: a\r\nX-Kept: 1";
    const { port } = await proxyFor([await answering(`HTTP/1.1 200 OK\r\n${fields}\r\nContent-Length: 2\r\n\r\nok`)]);
    const [head = ""] = (await rawExchange(port, LAST)).split("\r\n\r\n");
    expect(head).toMatch(/X-Kept: 1/);
    expect(head).not.toMatch(/x-hop|keep-alive|proxy-connection/i);
  });

  test("that ends with the node's connection, or closes it, leaves the client's open", async () => {
    for (const answer of ["HTTP/1.1 200 OK\r\n\r\nok", OK.replace("OK", "OK\r\nConnection: close")]) {
      const node = await startRawNode((socket) => socket.end(answer));
      const { port } = await proxyFor([node]);
      const received = await rawExchange(port, GET + LAST);
      expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
      expect(node.connections).toBe(2);
    }
  });

  test("of HTTP/1.0 is passed on as HTTP/1.1, and its connection is not kept", async () => {
    const node = await answering(OK.replace("HTTP/1.1", "HTTP/1.0"));
    const { port } = await proxyFor([node]);
    expect(await rawExchange(port, LAST)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await rawExchange(port, LAST);
    expect(node.connections).toBe(2);
  });
});

describe("a client of HTTP/1.0", () => {
  test("that asks for it keeps its connection, and is told so", async () => {
    const { port } = await proxyFor([await startNode()]);
    const ask = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    const client = new RawClient(port).send(ask);
    await client.has("\r\n\r\nok");
    expect(client.received).toContain("Connection: keep-alive\r\n");
    client.received = "";
    await client.send(ask).has("\r\n\r\nok");
  });
});

describe("a request", () => {
  test("loses the fields that belong to the client's connection", async () => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    const fields =
      "Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: a\r\nTE: gzip, trailers\r\nTrailer: X-T";
    await rawExchange(port, `GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: secret\r\n${fields}\r\n\r\n`);
    const [seen] = node.requests;
    expect(Object.keys(seen?.headers ?? {}).toSorted()).toEqual([
      "connection",
      "host",
      "te",
      "trailer",
      "via",
      "x-forwarded-for",
      "x-forwarded-host",
      "x-forwarded-proto",
      "x-request-id",
    ]);
    expect(seen?.headers).toMatchObject({ te: "trailers", connection: "te" });
  });

  test("in absolute form counts by its target, not by its Host", async () => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    await rawExchange(port, "GET http://b.example:81/x?y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await rawExchange(port, "OPTIONS http://b.example HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(node.requests.map(({ method, url, headers }) => `${method} ${url} ${headers.host}`)).toEqual([
      "GET /x?y b.example:81",
      "OPTIONS * b.example",
    ]);
  });

  test("that goes in a circle is cut with 508, and a chain of a few proxies is not", async () => {
    const node = await startNode();
    const { port, url, server, config } = await proxyFor([node]);
    const via = (times: number) => `Via: ${Array(times).fill("1.1 gemini-balance").join(", ")}\r\n`;
    expect(await rawExchange(port, LAST.replace("Host", `${via(8)}Host`))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await rawExchange(port, LAST.replace("Host", `${via(9)}Host`))).toMatch(
      /^HTTP\/1\.1 508 [\s\S]*loop-detected/,
    );
    const [pool] = config.document.pools;
    const circle = { ...config.document, pools: [{ ...pool, nodes: [{ ...pool?.nodes[0], url }] }] };
    server.applyConfig({ revision: 2, document: circle as typeof config.document });
    expect(await rawExchange(port, LAST)).toMatch(/^HTTP\/1\.1 508 /);
  });
});

describe("real clients", () => {
  test("undici keeps a connection, streams a body of unknown length both ways, and reads trailers", async () => {
    const node = await startNode((_request, response, body) => {
      response.writeHead(200, { Trailer: "X-Sum" });
      response.addTrailers({ "X-Sum": String(body.length) });
      response.end(body);
    });
    const { url, server } = await proxyFor([node]);
    const dispatcher = new Agent({ connections: 1, pipelining: 4 });
    onCleanUp(() => dispatcher.destroy());
    const texts = await Promise.all(
      Array.from({ length: 8 }, async (_, i) =>
        (await fetch(`${url}/${i}`, { dispatcher, method: "PUT", body: `<${i}>` })).text(),
      ),
    );
    expect(texts).toEqual(Array.from({ length: 8 }, (_, i) => `<${i}>`));
    expect(server.connectionCount).toBe(1);
    async function* pieces() {
      for (let i = 0; i < 50; i++) yield Buffer.alloc(10_000, i);
    }
    const { body, trailers } = await undiciRequest(url, { dispatcher, method: "POST", body: Readable.from(pieces()) });
    expect((await body.arrayBuffer()).byteLength).toBe(500_000);
    expect(trailers).toMatchObject({ "x-sum": "500000" });
  });

  test("curl sends a large body with Expect, follows HTTP/1.0, and reads what ends with the connection", async () => {
    const node = await startNode((_request, response, body) => response.end(`got ${body.length}`));
    const { url } = await proxyFor([node]);
    const large = ["-sS", "-H", "Expect: 100-continue", "--data-binary", "x".repeat(100_000), url];
    expect((await run("curl", large)).stdout).toBe("got 100000");
    expect((await run("curl", ["-sS", "--http1.0", url])).stdout).toBe("got 0");
    expect((await run("curl", ["-sS", "-I", url])).stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect((await run("curl", ["-sS", "-H", "Transfer-Encoding: chunked", "-d", "abc", url, url])).stdout).toBe(
      "got 3got 3",
    );
  });
});
