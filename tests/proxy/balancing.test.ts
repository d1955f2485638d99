import http from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, RawClient, request } from "./clients.ts";
import { configOf, deadUrl, draining, proxyFor, runtimeOf, startNode, startProxy, startRawNode } from "./rig.ts";

afterEach(cleanUp);

describe("balancing", () => {
  test("splits 8,000 requests 5:3 within 1 %, right after the pool was made", { timeout: 120_000 }, async () => {
    const [a, b] = [await startNode(), await startNode()];
    const { url } = await startProxy(
      configOf([
        {
          nodes: [
            { id: a.id, url: a.url, weight: 5 },
            { id: b.id, url: b.url, weight: 3 },
          ],
        },
      ]),
    );
    expect(await load(url, 8_000)).toEqual(new Map([[200, 8_000]]));
    expect(a.hits).toBeGreaterThanOrEqual(4_950);
    expect(a.hits).toBeLessThanOrEqual(5_050);
  });

  test("sends by host and path to the pool of the most specific route", async () => {
    const [a, b] = [await startNode(), await startNode()];
    const ids = ["3f1c6a5e-8f0b-4b8e-9a63-000000000001", "3f1c6a5e-8f0b-4b8e-9a63-000000000002"];
    const { url } = await startProxy(
      configOf(
        [
          { id: ids[0], nodes: [{ url: a.url }] },
          { id: ids[1], nodes: [{ url: b.url }] },
        ],
        [{ match: { host: "api.example.org", pathPrefix: "/v1" }, poolId: ids[1] }],
      ),
    );
    await request(`${url}/v1/x`, { headers: { Host: "API.example.org:8080" } });
    await request(`${url}/v1x`, { headers: { Host: "api.example.org" } });
    await request(`${url}/v1/x`);
    expect(b.hits).toBe(1);
    expect(a.hits).toBe(2);
  });

  test("loses no idempotent request when a node dies under load", { timeout: 120_000 }, async () => {
    const [a, b] = [
      await startNode((_request, response) => {
        // In the midst of its answers, those of other connections too.
        if (a.hits === 300) void a.close();
        else response.end("ok");
      }),
      await startNode(),
    ];
    const { url } = await proxyFor([a, b]);
    expect(await load(url, 3_000, 16)).toEqual(new Map([[200, 3_000]]));
    expect(a.hits).toBeGreaterThanOrEqual(300);
    expect(a.hits + b.hits).toBeGreaterThan(3_000);
  });

  test("takes a new configuration while requests are in flight", async () => {
    const held: http.ServerResponse[] = [];
    const old = await startNode((_request, response) => held.push(response));
    const fresh = await startNode();
    const { server, url } = await proxyFor([old]);
    const slow = request(url);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    server.applyConfig(configOf([{ nodes: [{ url: fresh.url }] }], [], 2));
    expect((await request(url)).body).toBe("ok");
    held[0]?.end("late");
    expect((await slow).body).toBe("late");
  });
});

describe("retries", () => {
  test("go to another node when a connection is refused, for any method since nothing was sent", async () => {
    const node = await startNode();
    const { url } = await startProxy(configOf([{ nodes: [{ url: await deadUrl() }, { url: node.url }] }]));
    expect(await load(url, 40, 1, "POST")).toEqual(new Map([[200, 40]]));
    expect(node.hits).toBe(40);
  });

  test("do not repeat a POST of which something was sent", async () => {
    const closing = await startRawNode((socket) => socket.destroy());
    const node = await startNode();
    const { url } = await proxyFor([closing, node], { ejection: { enabled: false } });
    const statuses = await load(url, 10, 1, "POST");
    expect(statuses.get(502)).toBe(5);
    expect(closing.connections + node.hits).toBe(10);
  });

  test("do not replay a request after its first response byte", async () => {
    const truncating = await startRawNode((socket, text) => {
      if (text.endsWith("\r\n\r\n")) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    });
    const node = await startNode();
    const { port } = await proxyFor([truncating, node], { retry: { holdAnswerBytes: 0 } });
    const answers: string[] = [];
    for (let i = 0; i < 2; i++) {
      const client = new RawClient(port).send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      answers.push((await client.closed()).received);
    }
    expect(truncating.connections).toBe(1);
    expect(node.hits).toBe(1);
    expect(answers.filter((answer) => answer.endsWith("half") || answer === "")).toHaveLength(1);
  });

  test("follow a retriable status, with the whole body sent again", async () => {
    const failing = await startNode((_request, response) => response.writeHead(503).end("no"));
    const node = await startNode((_request, response, body) => response.end(body));
    const { url } = await proxyFor([failing, node], { ejection: { enabled: false }, breaker: { enabled: false } });
    for (let i = 0; i < 4; i++) expect((await request(url, { method: "PUT" }, "data")).body).toBe("data");
    expect(node.hits).toBe(4);
    expect(failing.hits).toBeGreaterThanOrEqual(2);
    expect(failing.requests[0]?.body).toBe("data");
  });

  test("leave the client the last node's own answer when no node does better", async () => {
    const failing = await startNode((_request, response) => response.writeHead(503, { "X-Mine": "1" }).end("down"));
    const { url } = await startProxy(configOf([{ nodes: [{ url: failing.url }, { url: await deadUrl() }] }]));
    for (let i = 0; i < 4; i++) {
      const answer = await request(url);
      expect(answer.status).toBe(503);
      expect(answer.headers["x-mine"]).toBe("1");
      expect(answer.body).toBe("down");
    }
  });

  test("use a new connection when the node closed an idle one, without a fault of anybody", async () => {
    // Answers one request a connection, says nothing of it, and closes as the next one comes.
    const node = await startRawNode((socket, text) => {
      const count = text.split("\r\n\r\n").length - 1;
      if (count === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      else socket.destroy();
    });
    const { url, passive } = await proxyFor([node]);
    expect(await load(url, 20, 1)).toEqual(new Map([[200, 20]]));
    expect(passive).toEqual([]);
  });
});

describe("time limits", () => {
  test("no first byte in time gets 504 when retries run out, and each node was asked once", async () => {
    const [a, b] = [await startNode(() => {}), await startNode(() => {})];
    const { url } = await proxyFor([a, b], { timeouts: { firstByteMs: 60 } });
    const answer = await request(url);
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.body).code).toBe("first-byte-timeout");
    expect([a.hits, b.hits]).toEqual([1, 1]);
  });

  test("a body that stalls is cut, so that the client cannot take it for whole", async () => {
    const node = await startNode((_request, response) => {
      response.writeHead(200, { "Content-Length": "10" });
      response.write("half");
    });
    const { url } = await proxyFor([node], { timeouts: { bodyIdleMs: 100 }, retry: { holdAnswerBytes: 0 } });
    await expect(request(url)).rejects.toThrow();
  });
});

describe("a full node", () => {
  test("lets requests wait in order, refuses those beyond the queue, and times out the rest", async () => {
    const held: http.ServerResponse[] = [];
    const node = await startNode((incoming, response) => {
      response.setHeader("X-Url", incoming.url ?? "");
      held.push(response);
    });
    const { url, server, poolId } = await proxyFor([node], {
      nodes: [{ id: node.id, url: node.url, maxInFlight: 1 }],
      maxQueue: 2,
      timeouts: { queueMs: 1_000 },
    });
    const first = request(`${url}/1`);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const second = request(`${url}/2`);
    await vi.waitFor(() => expect(server.poolState(poolId)?.line.size).toBe(1));
    const third = request(`${url}/3`);
    await vi.waitFor(() => expect(server.poolState(poolId)?.line.size).toBe(2));
    expect(JSON.parse((await request(`${url}/4`)).body).code).toBe("queue-full");
    held[0]?.end();
    expect((await first).headers["x-url"]).toBe("/1");
    await vi.waitFor(() => expect(held).toHaveLength(2));
    // The second holds the node for longer than the third waits.
    expect(JSON.parse((await third).body).code).toBe("queue-timeout");
    held[1]?.end();
    expect((await second).headers["x-url"]).toBe("/2");
    expect(node.hits).toBe(2);
  });
});

describe("operators", () => {
  test("drain a node: nothing new goes there, what is in flight ends well", async () => {
    const held: http.ServerResponse[] = [];
    const a = await startNode((_request, response) => held.push(response));
    const b = await startNode();
    const { url, server } = await proxyFor([a, b], { hedge: { enabled: false } });
    const agent = new http.Agent({ keepAlive: true });
    const inFlight = [request(url, { agent }), request(url, { agent })];
    await vi.waitFor(() => expect(held).toHaveLength(1));
    server.applyNodes([runtimeOf(a.id, draining())]);
    expect(await load(url, 20)).toEqual(new Map([[200, 20]]));
    expect(a.hits).toBe(1);
    held[0]?.end("done");
    expect((await Promise.all(inFlight)).map((answer) => answer.body).sort()).toEqual(["done", "ok"]);
    server.applyNodes([runtimeOf(a.id, {}), runtimeOf(b.id, draining())]);
    const back = request(url);
    await vi.waitFor(() => expect(a.hits).toBe(2));
    held[1]?.end();
    await back;
    agent.destroy();
  });

  test("cut what is still in flight at the drain's deadline; a request nobody answered yet goes elsewhere", async () => {
    const a = await startNode((incoming, response) => {
      if (incoming.url === "/started") {
        response.writeHead(200, { "Content-Length": "9" });
        response.write("part");
      }
    });
    const b = await startNode();
    const { url, server, passive } = await proxyFor([a, b], { retry: { holdAnswerBytes: 0 } });
    server.applyNodes([runtimeOf(b.id, draining())]);
    const started = request(`${url}/started`).catch((cause: Error) => cause);
    const waiting = request(`${url}/waiting`);
    await vi.waitFor(() => expect(a.hits).toBe(2));
    server.applyNodes([runtimeOf(b.id, {}), runtimeOf(a.id, draining(Date.now() + 100))]);
    expect((await waiting).body).toBe("ok");
    expect(await started).toBeInstanceOf(Error);
    expect(passive).toEqual([]);
  });

  test("take a node into maintenance, and a pool without any node left answers 503 at once", async () => {
    const [a, b] = [await startNode(), await startNode()];
    const { url, server } = await proxyFor([a, b]);
    const maintenance = {
      admin: { state: "maintenance" as const, sinceMs: 0, deadlineMs: null, keepSessions: false, by: "test" },
    };
    server.applyNodes([runtimeOf(a.id, maintenance)]);
    expect(await load(url, 10)).toEqual(new Map([[200, 10]]));
    expect(a.hits).toBe(0);
    server.applyNodes([runtimeOf(b.id, maintenance)]);
    expect(JSON.parse((await request(url)).body).code).toBe("nodes-out");
  });
});
