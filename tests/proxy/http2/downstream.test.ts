import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import type http from "node:http";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { requireTool } from "#tests/support/tools.ts";
import { cleanUp } from "../clean-up.ts";
import { RawClient } from "../clients.ts";
import { proxyFor, startNode, type TestNode } from "../rig.ts";
import { answerOf, connectHttp2, http2Request } from "./clients.ts";

afterEach(cleanUp);

const run = promisify(execFile);

describe("a client that speaks HTTP/2 with prior knowledge", () => {
  test("is answered as one of HTTP/1 is: names, request id, cookies and all", async () => {
    const node = await startNode((_request, response) => {
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.setHeader("X-Kept", "yes");
      response.end("hello");
    });
    const { port } = await proxyFor([node]);
    const answer = await http2Request(connectHttp2(port), {
      ":path": "/a?b=c",
      "x-mine": "1",
      cookie: ["one=1", "two=2"],
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toBe("hello");
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answer.headers["content-length"]).toBe("5");
    expect(answer.headers.via).toBe("1.1 gemini-balance");
    const [seen] = node.requests;
    expect(seen?.url).toBe("/a?b=c");
    expect(seen?.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      "x-mine": "1",
      cookie: "one=1; two=2",
      via: "2 gemini-balance",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": `127.0.0.1:${port}`,
      "x-request-id": answer.headers["x-request-id"],
    });
    expect(Object.keys(seen?.headers ?? {})).not.toContain(":path");
  });

  test("may send its preface in pieces", async () => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    client.socket.setNoDelay(true);
    await new Promise((resolve) => client.socket.write("PRI * HTT", resolve));
    client.send("P/2.0\r\n\r\n").send("SM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    await client.until(() => client.received.length >= 9);
    expect(client.received.charCodeAt(3)).toBe(4);
  });

  test("does not get HTTP/2 in the middle of an HTTP/1 connection", async () => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.has("\r\n\r\nok");
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    await client.has("HTTP/1.1 505");
  });

  test("shares one connection between requests at once, without one waiting for another", async () => {
    const held: http.ServerResponse[] = [];
    const node = await startNode((incoming, response) => {
      if (incoming.url === "/slow") held.push(response);
      else response.end(incoming.url);
    });
    const { port, server } = await proxyFor([node], { hedge: { enabled: false } });
    const session = connectHttp2(port);
    const slow = http2Request(session, { ":path": "/slow" });
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const quick = await Promise.all(Array.from({ length: 50 }, (_, i) => http2Request(session, { ":path": `/${i}` })));
    expect(quick.map(({ body }) => body)).toEqual(Array.from({ length: 50 }, (_, i) => `/${i}`));
    held[0]?.end("slow");
    expect((await slow).body).toBe("slow");
    expect(server.connectionCount).toBe(1);
    expect(server.nodeState(node.id)?.inFlight).toBe(0);
  });

  test("is curl", async () => {
    const node = await startNode((_request, response, body) => response.end(`got ${body.length}`));
    const { port } = await proxyFor([node]);
    const url = `http://127.0.0.1:${port}/`;
    const { stdout } = await run(requireTool("curl"), [
      "-sS",
      "--http2-prior-knowledge",
      "-w",
      " %{http_version}",
      "-d",
      "xyz",
      url,
    ]);
    expect(stdout).toBe("got 3 2");
    const head = await run(requireTool("curl"), ["-sS", "--http2-prior-knowledge", "-I", url]);
    expect(head.stdout).toMatch(/^HTTP\/2 200/);
  });
});

describe("bodies", () => {
  test.each([["with a length"], ["without"]])("of 8 MiB pass whole both ways, %s", async (how) => {
    const node = await startNode((_request, response, body) => {
      if (how === "with a length") response.setHeader("Content-Length", body.length);
      response.write(body.subarray(0, 1_000_000));
      response.end(body.subarray(1_000_000));
    });
    const { port, server } = await proxyFor([node]);
    const data = randomBytes(8 * 1_048_576);
    const headers = { ":method": "POST", ...(how === "with a length" && { "content-length": data.length }) };
    const answer = await http2Request(connectHttp2(port), headers, data);
    const sum = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
    expect(sum(Buffer.from(answer.body, "latin1"))).toBe(sum(data));
    expect(node.requests[0]?.headers["transfer-encoding"]).toBe(how === "without" ? "chunked" : undefined);
    await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(0));
  });

  test("that end with trailers, do so on the other side as well", async () => {
    let trailers: NodeJS.Dict<string> = {};
    const node = await startNode((incoming, response) => {
      trailers = incoming.trailers;
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write("body");
      response.addTrailers({ "X-Sum": "42" });
      response.end();
    });
    const { port } = await proxyFor([node]);
    const stream = connectHttp2(port).request({ ":method": "POST" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-asked": "yes" }));
    stream.end("ask");
    const answer = await answerOf(stream);
    expect(answer.body).toBe("body");
    expect(answer.trailers["x-sum"]).toBe("42");
    expect(trailers["x-asked"]).toBe("yes");
  });

  test("are not there for HEAD, 204 and 304, whose heads pass whole", async () => {
    const node = await startNode((incoming, response) => {
      response.statusCode = Number(incoming.url?.slice(1));
      if (incoming.url === "/200") response.setHeader("Content-Length", 1_234);
      response.end();
    });
    const { port } = await proxyFor([node]);
    const session = connectHttp2(port);
    const head = await http2Request(session, { ":method": "HEAD", ":path": "/200" });
    expect([head.status, head.headers["content-length"], head.body]).toEqual([200, "1234", ""]);
    expect((await http2Request(session, { ":path": "/204" })).status).toBe(204);
    expect((await http2Request(session, { ":path": "/304" })).status).toBe(304);
  });

  test("are asked for by 100 Continue when the client waits for it", async () => {
    const node = await startNode((_request, response, body) => response.end(`got ${body}`));
    const { port } = await proxyFor([node]);
    const stream = connectHttp2(port).request({ ":method": "POST", expect: "100-continue", "content-length": 4 });
    const answer = answerOf(stream);
    stream.on("continue", () => stream.end("more"));
    expect(await answer).toMatchObject({ status: 200, body: "got more", interims: [100] });
  });
});

describe("what goes wrong", () => {
  test("is told as a problem with the request's id, and the connection goes on", async () => {
    const node = await startNode((_request, response) => response.socket?.destroy());
    const { port } = await proxyFor([node], { retry: { maxRetries: 0 } });
    const session = connectHttp2(port);
    const answer = await http2Request(session, { "x-request-id": "mine" });
    expect(answer.status).toBe(502);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(answer.body)).toMatchObject({ code: "bad-gateway", requestId: "mine" });
    expect((await http2Request(session, {})).status).toBe(502);
    const connect = session.request({ ":method": "CONNECT", ":authority": "a:1" });
    expect((await answerOf(connect)).status).toBe(501);
  });

  test("at a node before its answer is retried at another, unseen", async () => {
    const bad = await startNode((_request, response) => response.socket?.destroy());
    const good = await startNode();
    const { port } = await proxyFor([bad, good]);
    const session = connectHttp2(port);
    const answers = await Promise.all(Array.from({ length: 10 }, () => http2Request(session, {})));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  });

  test("within an answer resets the stream, so that no client takes it for whole", async () => {
    const node = await startNode((_request, response) => {
      response.write("half", () => response.socket?.destroy());
    });
    const { port, measured } = await proxyFor([node]);
    const session = connectHttp2(port);
    await expect(http2Request(session, {})).rejects.toThrow("reset with 2");
    expect(session.destroyed).toBe(false);
    expect(measured().pools[0]?.failures).toBe(1);
  });

  test("a client that cancels ends the node's request at once", async () => {
    let ended = 0;
    const node = await startNode((_request, response) => {
      response.write("first");
      response.on("close", () => ended++);
    });
    const { port, server, measured } = await proxyFor([node]);
    const session = connectHttp2(port);
    const stream = session.request({});
    stream.on("error", () => {});
    await new Promise((resolve) => stream.once("data", resolve));
    stream.close(8);
    await vi.waitFor(() => expect(ended).toBe(1));
    expect(server.nodeState(node.id)?.inFlight).toBe(0);
    expect(measured().pools[0]?.aborted).toBe(1);
  });

  test("a client whose connection breaks ends all its requests", async () => {
    let ended = 0;
    const node = await startNode((_request, response) => response.on("close", () => ended++));
    const { port, server, poolId } = await proxyFor([node], { hedge: { enabled: false } });
    const session = connectHttp2(port);
    for (let i = 0; i < 3; i++) session.request({}).on("error", () => {});
    await vi.waitFor(() => expect(node.hits).toBe(3));
    session.destroy();
    await vi.waitFor(() => expect(ended).toBe(3));
    await vi.waitFor(() => expect(server.connectionCount).toBe(0));
    expect(server.poolState(poolId)?.active).toBe(0);
  });

  test("an answer that comes before the body is whole stops the body, and the connection goes on", async () => {
    const node: TestNode = await startNode();
    node.server.removeAllListeners("request");
    node.server.on("request", (_request: http.IncomingMessage, response: http.ServerResponse) => {
      response.writeHead(413, { "Content-Length": 2 }).end("no");
    });
    const { port } = await proxyFor([node]);
    const session = connectHttp2(port);
    const stream = session.request({ ":method": "POST" });
    stream.write("some");
    const answer = await answerOf(stream);
    expect([answer.status, answer.body]).toEqual([413, "no"]);
    expect((await http2Request(session, {})).status).toBe(413);
  });
});
