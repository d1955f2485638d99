import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { RawClient, rawExchange, request } from "./clients.ts";
import { configOf, deadUrl, proxyFor, startNode, startProxy, startRawNode } from "./rig.ts";

afterEach(cleanUp);

describe("a forwarded request", () => {
  test("reaches the node whole, with forwarding fields added and hop-by-hop fields removed", async () => {
    const node = await startNode();
    const { url } = await proxyFor([node]);
    const answer = await request(
      `${url}/a/b%2Fc?x=1&y=%20`,
      {
        method: "POST",
        headers: {
          Host: "api.example.org",
          "X-Custom": "kept",
          Connection: "keep-alive, X-Secret-Hop",
          "X-Secret-Hop": "1",
          "Keep-Alive": "timeout=5",
          "X-Forwarded-For": "192.0.2.1",
          "X-Request-Id": "abc-123",
        },
      },
      "hello",
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toBe("ok");
    const [seen] = node.requests;
    expect(seen).toMatchObject({ method: "POST", url: "/a/b%2Fc?x=1&y=%20", body: "hello" });
    expect(seen?.headers).toMatchObject({
      host: "api.example.org",
      "x-custom": "kept",
      "content-length": "5",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "api.example.org",
      "x-request-id": "abc-123",
      via: "1.1 gemini-balance",
    });
    expect(seen?.headers).not.toHaveProperty("x-secret-hop");
    expect(seen?.headers).not.toHaveProperty("keep-alive");
    expect(answer.headers["x-request-id"]).toBe("abc-123");
  });

  test("gets a request id when the client sent none, and the node's host and base path when the pool says so", async () => {
    const node = await startNode();
    const { url } = await proxyFor([{ ...node, url: `${node.url}/base` }], { hostHeader: "node" });
    await request(`${url}/x`);
    expect(node.requests[0]?.url).toBe("/base/x");
    expect(node.requests[0]?.headers.host).toBe(`127.0.0.1:${node.port}`);
    expect(node.requests[0]?.headers["x-request-id"]).toMatch(/^[0-9a-f]{12}-\w+$/);
  });

  test("keeps bytes beyond ASCII as they are, in fields and bodies", async () => {
    const node = await startNode((_request, response, body) => response.end(body));
    const { url } = await proxyFor([node]);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const answer = await request(url, { method: "PUT", headers: { "X-Latin": "caf\u00e9" } }, bytes);
    expect(answer.body).toBe(bytes.toString("latin1"));
    expect(node.requests[0]?.headers["x-latin"]).toBe("caf\u00e9");
  });

  test("passes a chunked body and its trailers on, both ways", async () => {
    const node = await startNode((_request, response, body) => {
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write(body.subarray(0, 3));
      response.addTrailers({ "X-Sum": "42" });
      response.end(body.subarray(3));
    });
    const { port } = await proxyFor([node]);
    const client = new RawClient(port).send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\nX-T: 1\r\n\r\n",
    );
    await client.has("x-sum: 42\r\n\r\n".replace("x-sum", "X-Sum"));
    expect(node.requests[0]?.body).toBe("hello!");
    expect(client.received).toContain("3\r\nhel\r\n");
  });

  test("may be HTTP/1.0: the answer is not chunked and ends with the connection", async () => {
    const node = await startNode((_request, response) => {
      response.write("one ");
      response.end("two");
    });
    const { port } = await proxyFor([node]);
    const answer = await rawExchange(port, "GET / HTTP/1.0\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain("Connection: close\r\n");
    expect(answer).not.toMatch(/transfer-encoding/i);
    expect(answer.endsWith("\r\n\r\none two")).toBe(true);
    expect(node.requests[0]?.headers.host).toBe(`127.0.0.1:${node.port}`);
  });

  test("may be absolute-form, OPTIONS * or HEAD", async () => {
    const node = await startNode((_request, response) => response.setHeader("Content-Length", 7).end("seven b"));
    const { port, url } = await proxyFor([node]);
    await rawExchange(port, "GET http://other.example:81/p?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(node.requests[0]).toMatchObject({ url: "/p?q", headers: { host: "other.example:81" } });
    await rawExchange(port, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(node.requests[1]).toMatchObject({ method: "OPTIONS", url: "*" });
    const head = await request(url, { method: "HEAD" });
    expect(head.headers["content-length"]).toBe("7");
    expect(head.body).toBe("");
  });
});

describe("client connections", () => {
  test("are kept, and pipelined requests are answered in their order", async () => {
    const node = await startNode((incoming, response) => response.end(`<${incoming.url}>`));
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    client.send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    await client.has("</3>");
    const order = [...client.received.matchAll(/<\/(\d)>/g)].map((match) => match[1]);
    expect(order).toEqual(["1", "2", "3"]);
    expect(node.hits).toBe(3);
    expect(node.connections).toBe(1);
  });

  test("that come byte by byte are served the same", async () => {
    const node = await startNode((_incoming, response, body) => response.end(body));
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    client.socket.setNoDelay(true);
    const text = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for (const byte of text) {
      client.send(byte);
      await new Promise(setImmediate);
    }
    await client.has("\r\n\r\nabc");
    expect(node.requests[0]?.body).toBe("abc");
  });

  test("get 100 Continue from the node before they send the body", async () => {
    const node = await startNode((_incoming, response, body) => response.end(body));
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    await client.has("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    await client.has("\r\n\r\nhi");
  });

  test("are tunnelled after an upgrade that the node accepts", async () => {
    const node = await startRawNode((socket, text) => {
      if (text.endsWith("\r\n\r\n"))
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello ");
      else socket.write(text.slice(text.indexOf("\r\n\r\n") + 4));
    });
    const { port } = await proxyFor([node]);
    const client = new RawClient(port).send(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
    );
    await client.has("hello ");
    expect(client.received).toContain("Upgrade: echo\r\n");
    client.send("ping");
    await client.has("hello ping");
    client.socket.end();
    await client.closed();
  });
});

describe("what the proxy answers itself", () => {
  test.each([
    ["CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method-not-implemented"],
    ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "http-version-not-supported"],
    ["GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request"],
    [`GET /${"x".repeat(16_400)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, "uri-too-long"],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(33_000)}\r\n\r\n`, 431, "head-too-large"],
    ["GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417, "expectation-failed"],
    ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "ambiguous-request"],
    ["GET / HTTP/1.1\nHost: a\n\n", 400, "bad-request"],
  ])("%j gets %i %s as problem+json", async (bytes, status, code) => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    const answer = await rawExchange(port, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain("Content-Type: application/problem+json\r\n");
    const problem = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
    expect(problem).toMatchObject({ status, code });
    expect(answer).toContain(`X-Request-Id: ${problem.requestId}\r\n`);
    expect(node.requests).toHaveLength(0);
  });

  test("no configuration, no route, no usable node and a refused connection have codes of their own", async () => {
    const empty = await startProxy();
    expect(JSON.parse((await request(empty.url)).body).code).toBe("not-configured");
    empty.server.applyConfig(configOf([]));
    expect(JSON.parse((await request(empty.url)).body).code).toBe("no-route");
    empty.server.applyConfig(configOf([{ nodes: [] }]));
    const unusable = await request(empty.url);
    expect(unusable.status).toBe(503);
    expect(unusable.headers["retry-after"]).toBe("1");
    expect(JSON.parse(unusable.body).code).toBe("no-usable-node");
    empty.server.applyConfig(configOf([{ nodes: [{ url: await deadUrl() }] }]));
    const refused = await request(empty.url);
    expect(refused.status).toBe(502);
    expect(JSON.parse(refused.body).code).toBe("connect-failed");
  });

  test("a head that does not end in time gets 408", async () => {
    const { port } = await proxyFor([await startNode()], {}, { headMs: 50 });
    expect(await rawExchange(port, "GET / HTTP/1.1\r\nHo")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("a broken answer of a node becomes 502 and nothing of it reaches the next client", async () => {
    const node = await startRawNode((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokHTTP"),
    );
    const { url } = await proxyFor([node], { retry: { maxRetries: 0 } });
    for (let i = 0; i < 3; i++) {
      const answer = await request(url);
      expect(answer.status).toBe(502);
      expect(JSON.parse(answer.body).code).toBe("bad-gateway");
    }
    await vi.waitFor(() => expect(node.connections).toBe(3));
  });
});
