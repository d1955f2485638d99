// Credentials of nodes on the wire: each attempt carries those of its own node, in place of the client's, and nobody else's.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type http from "node:http";
import * as grpc from "@grpc/grpc-js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { SecretKey } from "#lib/store/sealing.ts";
import { secretOwner } from "#lib/store/secret-book.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { load, RawClient, request } from "./clients.ts";
import { callUnary, connectGrpc, startGrpcNode } from "./http2/grpc-rig.ts";
import { startHttp2Node } from "./http2/nodes.ts";
import { configOf, startNode, startProxy, type TestNode } from "./rig.ts";

afterEach(cleanUp);

const bearer = (value: string) => ({ in: "header", name: "Authorization", value: { value: `Bearer ${value}` } });
const key = (value: string) => ({ in: "query", name: "key", value: { value } });
type Where = Pick<TestNode, "id" | "url">;
const inFront = (nodes: Where[], settings: object = {}, credentials = (n: number): object[] => [bearer(`of-${n}`)]) =>
  configOf([{ nodes: nodes.map(({ id, url }, n) => ({ id, url, credentials: credentials(n) })), ...settings }]);

describe("a node's credentials", () => {
  test("take the place of what the client sent under those names, however it wrote them", async () => {
    const node = await startNode();
    const { port, url } = await startProxy(inFront([node], {}, () => [bearer("ours"), key("s&c ret")]));
    const client = new RawClient(port);
    client.send(
      "GET /a?key=theirs&b=1&k%65y=theirs HTTP/1.1\r\nHost: h\r\nAUTHORIZATION: Bearer theirs\r\nauthorization: again\r\n" +
        "Connection: authorization, close\r\nX-Kept: 1\r\n\r\n",
    );
    await client.closed();
    await request(`${url}/b`, { headers: { Authorization_: "kept" } });
    expect(node.requests.map((one) => one.url)).toEqual(["/a?b=1&key=s%26c%20ret", "/b?key=s%26c%20ret"]);
    expect(node.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer ours", "Bearer ours"]);
    expect(node.requests[0]?.headers["x-kept"]).toBe("1");
    expect(JSON.stringify(node.requests)).not.toContain("theirs");
  });

  test("take the place of names that some servers do not tell apart", async () => {
    const node = await startNode();
    const own = { in: "header", name: "x-api-key", value: { value: "ours" } };
    const { url } = await startProxy(inFront([node], {}, () => [own]));
    await request(url, { headers: { X_Api_Key: "theirs" } });
    expect(node.requests[0]?.headers).toMatchObject({ "x-api-key": "ours" });
    expect(node.requests[0]?.headers).not.toHaveProperty("x_api_key");
  });

  test("are laid over the edits of route and node", async () => {
    const node = await startNode();
    const poolId = randomUUID();
    const requestHeaders = { set: { authorization: "of the node", "x-node": "1" } };
    const nodes = [{ id: node.id, url: node.url, requestHeaders, credentials: [bearer("ours")] }];
    const routes = [{ match: { pathPrefix: "/" }, poolId, requestHeaders: { set: { authorization: "of the route" } } }];
    const { url } = await startProxy(configOf([{ id: poolId, nodes }], routes));
    await request(url);
    expect(node.requests[0]?.headers).toMatchObject({ authorization: "Bearer ours", "x-node": "1" });
  });

  test("stand once in OPTIONS *, whose target has no query", async () => {
    const node = await startNode();
    const { port } = await startProxy(inFront([node], {}, () => [bearer("ours"), key("secret")]));
    await new RawClient(port).send("OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").closed();
    expect(node.requests[0]).toMatchObject({ url: "*", headers: { authorization: "Bearer ours" } });
  });

  test("go along with a retry: each node gets its own, and none the other's", async () => {
    const answered: number[] = [];
    const nodes = await Promise.all(
      [0, 1].map((n) =>
        startNode((_asked, response) => {
          answered.push(n);
          response.writeHead(answered.length === 1 ? 500 : 200).end();
        }),
      ),
    );
    const { url } = await startProxy(inFront(nodes, {}, (n) => [bearer(`of-${n}`), key(`of-${n}`)]));
    expect((await request(`${url}/`, { method: "PUT" }, "body")).status).toBe(200);
    expect(answered).toHaveLength(2);
    for (const [n, node] of nodes.entries())
      expect(node.requests).toMatchObject([{ url: `/?key=of-${n}`, headers: { authorization: `Bearer of-${n}` } }]);
  });

  test("go along with a hedge, likewise", async () => {
    const held: (() => void)[] = [];
    const nodes = await Promise.all(
      [0, 1].map(() =>
        startNode((asked, response) => {
          if (asked.url?.startsWith("/warm")) response.end("ok");
          else held.push(() => response.end("ok"));
        }),
      ),
    );
    const { url } = await startProxy(inFront(nodes, { hedge: { minDelayMs: 20, minHedges: 1_000, suspectAfter: 0 } }));
    await load(`${url}/warm`, 20);
    const answer = request(`${url}/slow`);
    await vi.waitFor(() => expect(held).toHaveLength(2), { interval: 5 });
    for (const release of held) release();
    expect((await answer).body).toBe("ok");
    for (const [n, node] of nodes.entries())
      expect(new Set(node.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer of-${n}`]));
  });

  test("go along with an upgrade to WebSocket", async () => {
    const node = await startNode();
    const heads: http.IncomingMessage[] = [];
    const sockets = new WebSocketServer({ server: node.server as http.Server });
    sockets.on("connection", (_socket, head) => heads.push(head));
    onCleanUp(() => void sockets.close());
    const { url } = await startProxy(inFront([node], {}, () => [bearer("ours"), key("secret")]));
    const client = new WebSocket(`${url.replace("http:", "ws:")}/chat?key=theirs`, { headers: { authorization: "x" } });
    onCleanUp(() => client.terminate());
    await once(client, "open");
    expect(heads[0]?.headers.authorization).toBe("Bearer ours");
    expect(heads[0]?.url).toBe("/chat?key=secret");
  });

  test("are sent over HTTP/2, and with gRPC", async () => {
    const node = await startHttp2Node();
    const http2 = await startProxy(inFront([node], { protocol: "h2c" }, () => [bearer("ours"), key("secret")]));
    await request(`${http2.url}/a?b`, { headers: { authorization: "theirs" } });
    expect(node.requests[0]?.headers).toMatchObject({ authorization: "Bearer ours", ":path": "/a?b&key=secret" });

    let seen: grpc.MetadataValue[] = [];
    const server = await startGrpcNode({
      unary: (call, done) => {
        seen = call.metadata.get("authorization");
        done(null, call.request);
      },
    });
    const calls = await startProxy(inFront([server], { protocol: "h2c" }));
    const meta = new grpc.Metadata();
    meta.set("authorization", "theirs");
    await callUnary(connectGrpc(calls.port), Buffer.from("hi"), {}, meta);
    expect(seen).toEqual(["Bearer of-0"]);
  });

  test("change with the configuration, on connections that are kept; a node without any gets what the client sends", async () => {
    const node = await startNode();
    const first = inFront([node]);
    const { server, url } = await startProxy(first);
    const poolId = first.document.pools[0]?.id;
    await request(url);
    server.applyConfig(inFront([node], { id: poolId }, () => [bearer("later")]));
    await request(url);
    server.applyConfig(inFront([node], { id: poolId }, () => []));
    await request(url, { headers: { authorization: "theirs" } });
    const sent = node.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(["Bearer of-0", "Bearer later", "theirs"]);
    expect(node.connections).toBe(1);
  });
});

describe("a configuration with sealed secrets", () => {
  const secretKey = new SecretKey(Buffer.alloc(32, 5));
  const other = new SecretKey(Buffer.alloc(32, 6));
  /** A node with one credential, sealed with `by` for `owner`. */
  const sealed = (node: Where, value: string, by = secretKey, owner = node.id, id = randomUUID()) => {
    const config = inFront([node], {}, () => [{ in: "header", name: "authorization", value: { secret: id } }]);
    const secrets = [{ id, ownerId: node.id, sealed: by.seal(value, secretOwner(id, owner)) }];
    return { ...config, secrets };
  };

  test("is opened by the process that has the key, and its secrets stay open when the key is another one", async () => {
    const node = await startNode();
    const id = randomUUID();
    const { server, url } = await startProxy(sealed(node, "opened", secretKey, node.id, id), {}, { secretKey });
    await request(url);
    server.applyConfig(sealed(node, "opened", other, node.id, id));
    await request(url);
    expect(node.requests.map(({ headers }) => headers.authorization)).toEqual(["opened", "opened"]);
  });

  test("is refused as a whole when one does not open, is another node's, or is missing; the one before stays", async () => {
    const node = await startNode();
    const { server, url } = await startProxy(sealed(node, "good"), {}, { secretKey });
    const refused: [ReturnType<typeof sealed>, RegExp][] = [
      [sealed(node, "evil", other), /sealed with the key/],
      [sealed(node, "evil", secretKey, randomUUID()), /belongs to something else/],
      [{ ...sealed(node, "evil"), secrets: [] }, /there is no such secret/],
    ];
    for (const [config, why] of refused) {
      expect(() => server.applyConfig({ ...config, revision: 2 })).toThrow(why);
      expect(() => server.applyConfig({ ...config, revision: 2 })).not.toThrow(/evil/);
    }
    expect(server.revision).toBe(1);
    await request(url);
    expect(node.requests[0]?.headers.authorization).toBe("good");
  });
});
