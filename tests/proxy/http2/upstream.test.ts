import { createHash, randomBytes } from "node:crypto";
import type http2 from "node:http2";
import net from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp, onCleanUp } from "../clean-up.ts";
import { RawClient, request } from "../clients.ts";
import { configOf, deadUrl, listen, proxyFor, startNode, startProxy } from "../rig.ts";
import { answerOf, connectHttp2 } from "./clients.ts";
import { END_HEADERS, END_STREAM, Frame, FrameClient, frame, GET, number32, OK } from "./frames.ts";
import { startFrameNode, startHttp2Node } from "./nodes.ts";

afterEach(cleanUp);

const H2C = { protocol: "h2c" };
const sum = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("a node that speaks HTTP/2", () => {
  test("serves clients of HTTP/1, who see nothing of it", async () => {
    const node = await startHttp2Node((stream, headers) => {
      stream.respond({ ":status": 201, "set-cookie": ["a=1", "b=2"], "x-path": headers[":path"] });
      stream.end("made");
    });
    const { url, port } = await proxyFor([node], H2C);
    const answer = await request(`${url}/a?b`, { method: "PUT", headers: { "X-Mine": "1" } }, "body");
    expect(answer).toMatchObject({ status: 201, body: "made" });
    expect(answer.headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-path": "/a?b", via: "2 gemini-balance" });
    expect(answer.headers["transfer-encoding"]).toBe("chunked");
    expect(node.requests[0]).toMatchObject({
      body: "body",
      headers: {
        ":method": "PUT",
        ":scheme": "http",
        ":authority": `127.0.0.1:${port}`,
        "x-mine": "1",
        via: "1.1 gemini-balance",
        "x-forwarded-for": "127.0.0.1",
      },
    });
    expect(Object.keys(node.requests[0]?.headers ?? {})).not.toContain("host");
  });

  test("answers without body, HEAD and lengths as HTTP/1 has them", async () => {
    const node = await startHttp2Node((stream, headers) => {
      const status = Number(headers[":path"]?.slice(1));
      stream.respond(
        { ":status": status, ...(status === 200 && { "content-length": 5 }) },
        { endStream: status !== 200 },
      );
      if (status === 200) stream.end("12345");
    });
    const { url, port } = await proxyFor([node], H2C);
    expect(await request(`${url}/200`)).toMatchObject({ body: "12345", headers: { "content-length": "5" } });
    expect(await request(`${url}/200`, { method: "HEAD" })).toMatchObject({
      body: "",
      headers: { "content-length": "5" },
    });
    expect((await request(`${url}/204`)).status).toBe(204);
    expect(await request(`${url}/404`)).toMatchObject({ status: 404, headers: { "content-length": "0" } });
    // And the client's connection serves the next request after each.
    const client = new RawClient(port);
    client.send("GET /404 HTTP/1.1\r\nHost: a\r\n\r\nGET /200 HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.has("12345");
  });

  test("gets and gives bodies of 8 MiB whole, and trailers, to clients of either kind", async () => {
    const node = await startHttp2Node((stream, _headers, body) => {
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "42" }));
      stream.end(body);
    });
    const { url, port, server } = await proxyFor([node], H2C);
    const data = randomBytes(8 * 1_048_576);
    const one = await request(url, { method: "POST", headers: { "Transfer-Encoding": "chunked" } }, data);
    expect([sum(Buffer.from(one.body, "latin1")), one.trailers["x-sum"]]).toEqual([sum(data), "42"]);
    const stream = connectHttp2(port).request({ ":method": "POST" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-asked": "yes" }));
    stream.end(data);
    const two = await answerOf(stream);
    expect([sum(Buffer.from(two.body, "latin1")), two.trailers["x-sum"]]).toEqual([sum(data), "42"]);
    expect(node.requests[1]?.trailers["x-asked"]).toBe("yes");
    await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(0));
  });

  test("is not read when the client does not keep up, and is when it does", async () => {
    let isStill = false;
    const total = 24 * 1_048_576;
    let written = 0;
    const node = await startHttp2Node((stream) => {
      stream.respond({ ":status": 200 });
      const more = () => {
        while (written < total) {
          written += 65_536;
          if (!stream.write(Buffer.alloc(65_536))) return;
        }
        stream.end();
      };
      stream.on("drain", more);
      more();
    });
    const { port } = await proxyFor([node], H2C);
    const client = new RawClient(port);
    client.socket.pause();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let before = -1;
    await vi.waitFor(
      () => {
        isStill = written > 0 && written === before;
        before = written;
        expect(isStill).toBe(true);
      },
      { interval: 200, timeout: 10_000 },
    );
    expect(written).toBeLessThan(total);
    let received = 0;
    client.socket.removeAllListeners("data");
    client.socket.on("data", (bytes) => {
      received += bytes.length;
    });
    client.socket.resume();
    await vi.waitFor(() => expect(received).toBeGreaterThan(total), { timeout: 15_000 });
  });

  test("that ends early stops the request's body, and its session goes on", async () => {
    const node = await startHttp2Node(undefined, {
      onStream: (stream) => {
        stream.respond({ ":status": 413 });
        stream.end("no");
      },
    });
    const { port } = await proxyFor([node], H2C);
    const session = connectHttp2(port);
    for (let i = 0; i < 3; i++) {
      const stream = session.request({ ":method": "POST" });
      stream.write("some");
      expect(await answerOf(stream)).toMatchObject({ status: 413, body: "no" });
    }
    expect(node.connections).toBe(1);
  });
});

describe("a node of HTTP/2 that fails", () => {
  test("to connect is passed over", async () => {
    const good = await startHttp2Node();
    const { url } = await startProxy(configOf([{ ...H2C, nodes: [{ url: await deadUrl() }, good] }]));
    for (let i = 0; i < 4; i++) expect((await request(url, { method: "POST" }, "x")).status).toBe(200);
    expect(good.hits).toBe(4);
  });

  test("to speak HTTP/2 gets a 502, and is not waited for", async () => {
    const node = await startNode();
    const { url, server } = await proxyFor([node], H2C);
    expect((await request(url, { method: "POST" }, "x")).status).toBe(502);
    expect(server.nodeState(node.id)?.inFlight).toBe(0);
  });

  test("to connect in time is a connect time-out", async () => {
    const server = net.createServer((socket) => socket.on("error", () => {}));
    const port = await listen(server);
    onCleanUp(() => void server.close());
    const proxy = await proxyFor([{ id: "3b0a6c0e-4f0d-4b6e-9d4e-2f5a5f0f7a11", url: `http://127.0.0.1:${port}` }], {
      ...H2C,
      timeouts: { connectMs: 300, firstByteMs: 500 },
    });
    // It accepts, and says nothing: HTTP/2 in clear is connected then, and the answer does not come.
    const answer = await request(proxy.url, { method: "POST" }, "x");
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([504, "first-byte-timeout"]);
  });

  test("by refusing a stream has the request sent to another, whatever its method", async () => {
    const bad = await startHttp2Node(undefined, { onStream: (stream) => stream.close(7) });
    const good = await startHttp2Node();
    const { url, measured } = await proxyFor([bad, good], H2C);
    for (let i = 0; i < 6; i++) expect((await request(url, { method: "POST" }, "x")).status).toBe(200);
    expect(good.hits).toBe(6);
    expect(measured().pools[0]?.failures).toBe(0);
  });

  test("by going away has what it did not process sent again, over a new session", async () => {
    const node = await startFrameNode((connection) =>
      connection === 1
        ? frame(Frame.goaway, 0, 0, number32(0) + number32(0))
        : frame(Frame.headers, END_HEADERS, 1, OK) + frame(Frame.data, END_STREAM, 1, "second"),
    );
    const { url, server } = await proxyFor([node], { ...H2C, hedge: { enabled: false } });
    const answer = await request(url, { method: "POST" }, "x");
    expect([answer.status, answer.body]).toEqual([200, "second"]);
    await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(0));
  });

  test("by going away finishes what it has begun", async () => {
    const held: http2.ServerHttp2Stream[] = [];
    const node = await startHttp2Node((stream) => void held.push(stream));
    const { url } = await proxyFor([node], { ...H2C, hedge: { enabled: false } });
    const first = request(url);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    for (const session of node.sessions) session.close();
    const second = request(url);
    await vi.waitFor(() => expect(held).toHaveLength(2));
    for (const stream of held) {
      stream.respond({ ":status": 200 });
      stream.end("ok");
    }
    expect([(await first).body, (await second).body]).toEqual(["ok", "ok"]);
    expect(node.connections).toBe(2);
  });

  test.each([
    ["NO_ERROR", 0],
    ["INTERNAL_ERROR", 2],
    ["CANCEL", 8],
  ])("within its answer, by a reset with %s, is not taken to have ended it", async (_name, code) => {
    const node = await startFrameNode((_connection, id) =>
      [
        frame(Frame.headers, END_HEADERS, id, OK),
        frame(Frame.data, 0, id, "half"),
        frame(Frame.reset, 0, id, number32(code)),
      ].join(""),
    );
    const { url, port, measured } = await proxyFor([node], H2C);
    await expect(request(url)).rejects.toThrow();
    const client = new FrameClient(port).request(1, GET);
    await client.until(() => client.resets.length > 0);
    // Not one frame says that the answer is whole.
    expect(client.frames.some(({ streamId, flags }) => streamId === 1 && (flags & END_STREAM) !== 0)).toBe(false);
    await vi.waitFor(() => expect(measured().nodes[0]?.inFlight).toBe(0));
  });

  test("with a small answer cut short is retried unseen", async () => {
    const bad = await startHttp2Node((stream) => {
      stream.respond({ ":status": 200, "content-length": 10 });
      stream.write("half", () => stream.close(2));
    });
    const good = await startHttp2Node();
    const { url } = await proxyFor([bad, good], H2C);
    for (let i = 0; i < 4; i++) expect((await request(url)).body).toBe("ok");
  });

  test("with 503 is retried elsewhere, and its answer is kept in case there is no better", async () => {
    const bad = await startHttp2Node((stream) => {
      stream.respond({ ":status": 503 });
      stream.end("sorry");
    });
    const good = await startHttp2Node();
    const both = await proxyFor([bad, good], H2C);
    for (let i = 0; i < 4; i++) expect((await request(both.url)).body).toBe("ok");
    const alone = await proxyFor([bad, { id: "5b0a6c0e-4f0d-4b6e-9d4e-2f5a5f0f7a12", url: await deadUrl() }], H2C);
    expect((await request(alone.url)).body).toBe("sorry");
    expect(alone.server.nodeState(bad.id)?.inFlight).toBe(0);
  });
});

describe("clients that leave", () => {
  test("end the node's stream at once, and its session goes on", async () => {
    let closed = 0;
    const node = await startHttp2Node(undefined, {
      onStream: (stream) => {
        stream.respond({ ":status": 200 });
        stream.write("first");
        stream.on("close", () => {
          closed += stream.rstCode === 8 ? 1 : 100;
        });
      },
    });
    const { port, server } = await proxyFor([node], H2C);
    const client = new RawClient(port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.has("first");
    client.socket.destroy();
    const stream = connectHttp2(port).request({});
    stream.on("error", () => {});
    await new Promise((resolve) => stream.once("data", resolve));
    stream.close(8);
    await vi.waitFor(() => expect(closed).toBe(2));
    expect(node.connections).toBe(1);
    expect(server.nodeState(node.id)?.inFlight).toBe(0);
  });
});
