// What routes do besides leading to a pool: answers of their own, other paths and headers, limits of the body.
import { randomUUID } from "node:crypto";
import http from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { RawClient, rawExchange, request } from "./clients.ts";
import { configOf, startNode, startProxy, startRawNode, type TestNode } from "./rig.ts";

afterEach(cleanUp);

/** A proxy whose routes lead, unless they answer by themselves, to one pool with this node. */
async function routed(routes: object[], node?: TestNode, nodeSettings: object = {}) {
  const poolId = randomUUID();
  const { id, url } = node ?? (await startNode());
  const withPool = routes.map((route) => ("action" in route ? route : { poolId, ...route }));
  const proxy = await startProxy(configOf([{ id: poolId, nodes: [{ id, url, ...nodeSettings }] }], withPool));
  return { ...proxy, poolId, config: (more: object[]) => configOf([{ id: poolId, nodes: [{ id, url }] }], more, 2) };
}

const respond = (more: object = {}) => ({ kind: "respond", status: 503, body: "back soon", ...more });

describe("a route that answers by itself", () => {
  test("sends its body, type and headers, and asks no node", async () => {
    const node = await startNode();
    const action = respond({
      contentType: "text/html",
      headers: { "retry-after": "120" },
      body: "<p>z\u00fcr\u00fcck</p>",
    });
    const { url, measured } = await routed([{ match: { pathPrefix: "/down" }, action }], node);
    const answer = await request(`${url}/down/x`);
    expect(answer).toMatchObject({ status: 503, headers: { "content-type": "text/html", "retry-after": "120" } });
    expect(Buffer.from(answer.body, "latin1").toString()).toBe("<p>z\u00fcr\u00fcck</p>");
    expect(answer.headers["x-request-id"]).toMatch(/./);
    expect(node.hits).toBe(0);
    expect(measured().pools).toMatchObject([{ requests: 0, failures: 0 }]);
  });
  test("is counted as its own, by route, and neither at a pool nor at a node", async () => {
    const { url, server } = await routed([{ match: { pathPrefix: "/down" }, action: respond() }]);
    for (let i = 0; i < 3; i++) await request(`${url}/down`);
    const frame = server.takeFrame(1_000);
    expect(frame.routes).toMatchObject([{ answered: 3, limited: 0, tooLarge: 0 }]);
    expect(frame.nodes).toMatchObject([{ requests: 0 }]);
    expect(server.takeFrame(2_000).routes).toBeUndefined();
  });
  test("tells HEAD the length and sends no body, and serves the next request on the same connection", async () => {
    const { port } = await routed([{ match: { pathPrefix: "/down" }, action: respond() }]);
    const client = new RawClient(port);
    client.send("HEAD /down HTTP/1.1\r\nHost: a\r\n\r\nGET /down HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await client.closed();
    const [, first = "", second = ""] = client.received.split("HTTP/1.1 503");
    expect(first).toContain("Content-Length: 9\r\n");
    expect(first.endsWith("\r\n\r\n")).toBe(true);
    expect(second.endsWith("\r\n\r\nback soon")).toBe(true);
  });
  test("closes the connection after a request with a body, which would be read as the next request", async () => {
    const node = await startNode();
    const { port } = await routed([{ match: { pathPrefix: "/down" }, action: respond() }], node);
    const smuggled = "GET /other HTTP/1.1\r\nHost: a\r\n\r\n";
    const received = await rawExchange(
      port,
      `POST /down HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    );
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 503"]);
    expect(received).toContain("Connection: close");
    expect(node.hits).toBe(0);
  });
  test("keeps the connection of an HTTP/1.0 client that asks for it", async () => {
    const { port } = await routed([{ match: { pathPrefix: "/down" }, action: respond() }]);
    const client = new RawClient(port).send("GET /down HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    await client.has("back soon");
    expect(client.received).toContain("Connection: keep-alive");
  });
  test("says nothing of a length with a status that has no body", async () => {
    const { port } = await routed([{ match: {}, action: { kind: "respond", status: 204 } }]);
    const received = await rawExchange(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(received).toMatch(/^HTTP\/1\.1 204 No Content/);
    expect(received).not.toMatch(/content-length|content-type/i);
  });
  test("redirects, keeping path and query where the target says so", async () => {
    const action = { kind: "redirect", status: 308, location: "https://new.example.org/v2/{rest}{query}" };
    const { url } = await routed([{ match: { pathPrefix: "/old" }, action }]);
    expect(await request(`${url}/old/a%2Fb/c?x=1&y=2`)).toMatchObject({
      status: 308,
      headers: { location: "https://new.example.org/v2/a%2Fb/c?x=1&y=2" },
      body: "",
    });
  });
  test("redirects to the host that was asked for, without its port", async () => {
    const action = { kind: "redirect", location: "https://{host}{path}{query}" };
    const { url } = await routed([{ match: { host: "*.example.org" }, action }]);
    const answer = await request(`${url}/a?b`, { headers: { host: "X.example.org:8080" } });
    expect(answer.headers.location).toBe("https://x.example.org/a?b");
  });
  test("answers an absolute-form target and OPTIONS * as any other request", async () => {
    const { port } = await routed([{ match: { host: "down.example.org" }, action: respond() }]);
    const absolute = await rawExchange(
      port,
      "GET http://down.example.org/x HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n",
    );
    const server = await rawExchange(port, "OPTIONS * HTTP/1.1\r\nHost: down.example.org\r\nConnection: close\r\n\r\n");
    expect([absolute, server].map((text) => text.slice(0, 12))).toEqual(["HTTP/1.1 503", "HTTP/1.1 503"]);
  });
  test("may come to lead to a pool, and back, between two requests of a connection", async () => {
    const { url, server, poolId, config } = await routed([{ match: { pathPrefix: "/x" }, action: respond() }]);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    expect((await request(`${url}/x`, { agent })).status).toBe(503);
    server.applyConfig(config([{ match: { pathPrefix: "/x" }, poolId }]));
    expect(await request(`${url}/x`, { agent })).toMatchObject({ status: 200, body: "ok" });
    agent.destroy();
  });
});

describe("a path", () => {
  test("is rewritten for the node, behind the node's base path, and query and encoding stay", async () => {
    const node = await startNode();
    const base = { ...node, url: `${node.url}/base` };
    const { url } = await routed([{ match: { pathPrefix: "/api" }, pathRewrite: "/v2" }], base);
    for (const path of ["/api/a%2Fb?x=/api", "/api", "/apix"]) await request(url + path);
    expect(node.requests.map((seen) => seen.url)).toEqual(["/base/v2/a%2Fb?x=/api", "/base/v2", "/base/apix"]);
  });
  test("is matched as it is forwarded before rewriting: dot segments are refused, not resolved", async () => {
    const node = await startNode();
    const { port } = await routed([{ match: { pathPrefix: "/api" }, pathRewrite: "/v2" }], node);
    for (const path of ["/api/../admin", "/api/%2e%2e/admin", "/api/..%2fadmin", "/api/a%2fb"])
      await rawExchange(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    // The last is one segment to us, and goes on as that.
    expect(node.requests.map((seen) => seen.url)).toEqual(["/v2/a%2fb"]);
  });
  test("stays * for OPTIONS *", async () => {
    const node = await startNode();
    const { port } = await routed([{ match: {}, pathRewrite: "/v2" }], node);
    await rawExchange(port, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(node.requests.map((seen) => seen.url)).toEqual(["*"]);
  });
});

describe("headers", () => {
  test("are set and removed on the way to the node, one value each, the node's edits last", async () => {
    const node = await startNode();
    const edits = { set: { "x-tenant": "a", "x-from": "route" }, remove: ["cookie"] };
    const own = { requestHeaders: { set: { "x-from": "node", authorization: "Bearer of-the-node" }, remove: [] } };
    const { url } = await routed([{ match: {}, requestHeaders: edits }], node, own);
    const headers = {
      "X-Tenant": ["b", "c"],
      Cookie: "secret=1",
      "X-Other": "d",
      Authorization: "Bearer of-the-client",
    };
    await request(url, { headers });
    expect(node.requests[0]?.headers).toMatchObject({
      "x-tenant": "a",
      "x-from": "node",
      "x-other": "d",
      authorization: "Bearer of-the-node",
    });
    expect(node.requests[0]?.headers.cookie).toBeUndefined();
  });
  test("that are set cannot be taken away by a client that names them in Connection", async () => {
    const node = await startNode();
    const { port } = await routed([{ match: {}, requestHeaders: { set: { "x-tenant": "a" } } }], node, {
      requestHeaders: { set: { "x-key": "k" } },
    });
    await rawExchange(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, x-tenant, x-key\r\nx-tenant: b\r\n\r\n");
    expect(node.requests[0]?.headers).toMatchObject({ "x-tenant": "a", "x-key": "k" });
  });
  test("are the retrying node's own, not those of the node that failed", async () => {
    const [a, b] = [await startNode((_, response) => response.writeHead(500).end()), await startNode()];
    const own = (name: string) => ({ requestHeaders: { set: { "x-node": name } } });
    const { url } = await startProxy(
      configOf([
        {
          nodes: [
            { ...a, ...own("a") },
            { ...b, ...own("b") },
          ],
        },
      ]),
    );
    for (let i = 0; i < 4; i++) expect((await request(url)).status).toBe(200);
    const seen = (node: TestNode) => [...new Set(node.requests.map(({ headers }) => headers["x-node"]))];
    expect([seen(a), seen(b)]).toEqual([["a"], ["b"]]);
  });
  test("of answers are set and removed, and framing is left alone", async () => {
    const node = await startNode((_, response) => {
      response.setHeader("Server", "secret/1.0");
      response.setHeader("X-Frame-Options", "ALLOW");
      response.end("hello");
    });
    const responseHeaders = { set: { "x-frame-options": "DENY", "x-new": "1" }, remove: ["server"] };
    const { url } = await routed([{ match: {}, responseHeaders }], node);
    const answer = await request(url);
    expect(answer).toMatchObject({
      body: "hello",
      headers: { "x-frame-options": "DENY", "x-new": "1", "content-length": "5" },
    });
    expect(answer.headers.server).toBeUndefined();
  });
  test("of a route's own answer are edited as well", async () => {
    const responseHeaders = { set: { "strict-transport-security": "max-age=1" } };
    const action = { kind: "redirect", location: "/new" };
    const { url } = await routed([{ match: {}, action, responseHeaders }]);
    expect((await request(url)).headers).toMatchObject({ location: "/new", "strict-transport-security": "max-age=1" });
  });
  test("are balanced by as the client sent them", async () => {
    const nodes = [await startNode(), await startNode()];
    const poolId = randomUUID();
    const pool = { id: poolId, algorithm: "consistent-hash", hashKey: { from: "header", name: "x-user" }, nodes };
    const route = { match: {}, poolId, requestHeaders: { remove: ["x-user"] } };
    const { url } = await startProxy(configOf([pool], [route]));
    for (let user = 0; user < 40; user++) await request(url, { headers: { "x-user": String(user) } });
    expect(nodes.every(({ hits }) => hits > 0)).toBe(true);
  });
});

describe("a body larger than the route allows", () => {
  test("is refused with 413 by its declared length, unread, and one of just that length is taken", async () => {
    const node = await startNode();
    const { url, port, server } = await routed([{ match: {}, maxBodyBytes: 10 }], node);
    expect((await request(url, { method: "POST" }, "0123456789")).status).toBe(200);
    const received = await rawExchange(
      port,
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n",
    );
    expect(received).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"payload-too-large"/);
    expect(node.hits).toBe(1);
    expect(server.takeFrame(1_000).routes).toMatchObject([{ tooLarge: 1 }]);
  });
  test("is cut off when its chunks pass the limit: 413, and the node's request is aborted", async () => {
    let isGone = false;
    const node = await startRawNode((socket) => socket.once("close", () => (isGone = true)));
    const { port, measured } = await routed([{ match: {}, maxBodyBytes: 10 }], node);
    const client = new RawClient(port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    await expect.poll(() => node.hits).toBe(1);
    client.send("6\r\nworld!\r\n");
    await client.has("payload-too-large");
    await expect.poll(() => isGone).toBe(true);
    expect(client.received).toContain("Connection: close");
    expect(measured()).toMatchObject({
      pools: [{ requests: 1, failures: 0, status4xx: 1, inFlight: 0 }],
      nodes: [{ aborted: 1, failures: 0, inFlight: 0 }],
    });
  });
  test("is refused before any node is asked when all of it came at once", async () => {
    const node = await startNode();
    const { port, measured } = await routed([{ match: {}, maxBodyBytes: 10 }], node);
    const received = await rawExchange(
      port,
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n",
    );
    expect(received).toMatch(/^HTTP\/1\.1 413 /);
    expect(node.hits).toBe(0);
    expect(measured().pools).toMatchObject([{ inFlight: 0 }]);
  });
});
