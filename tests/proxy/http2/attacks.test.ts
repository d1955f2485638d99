// What no proper client sends, frame by frame on a bare socket: refused, or cut, before a node sees anything of it.
import { afterEach, describe, expect, test, vi } from "vitest";
import { MAX_PINGS, MAX_SETTINGS_FRAMES, MAX_STREAMS } from "#workers/proxy/http2/limits.ts";
import { cleanUp } from "../clean-up.ts";
import { RawClient } from "../clients.ts";
import { proxyFor, startNode } from "../rig.ts";
import { connectHttp2, http2Request } from "./clients.ts";
import { END_HEADERS, END_STREAM, Frame, FrameClient, frame, GET, literals, number32, PREFACE } from "./frames.ts";

afterEach(cleanUp);

const PROTOCOL_ERROR = 1;
const ACK = 1;
const REFUSED_STREAM = 7;
const ENHANCE_YOUR_CALM = 11;

type Field = readonly [string, string];
const without = (name: string): Field[] => GET.filter(([one]) => one !== name);
const withPath = (path: string): Field[] => [...without(":path"), [":path", path]];
const plus = (...fields: Field[]): Field[] => [...GET, ...fields];

describe("a request is refused, and only it,", () => {
  test.each<[string, Field[]]>([
    ["with Transfer-Encoding", plus(["transfer-encoding", "chunked"])],
    ["with Connection", plus(["connection", "x-a"])],
    ["with Keep-Alive", plus(["keep-alive", "timeout=5"])],
    ["with Proxy-Connection", plus(["proxy-connection", "close"])],
    ["with Upgrade", plus(["upgrade", "websocket"])],
    ["with a TE other than trailers", plus(["te", "gzip"])],
    ["with an upper-case name", plus(["X-A", "1"])],
    ["with a line end in its path", withPath("/a HTTP/1.1\r\nhost: b")],
    ["with NUL in its path", withPath("/a\0b")],
    ["with a space in its path", withPath("/a b")],
    ["with an empty path", withPath("")],
    ["with a path that is none", withPath("a/b")],
    ["with an absolute path", withPath("http://other/")],
    ["with * for GET", withPath("*")],
    ["with dot segments", withPath("/a/../admin")],
    ["with encoded dot segments", withPath("/a/..%2fadmin/%2e%2e/b")],
    ["with a fragment", withPath("/a#b")],
    ["without a path", without(":path")],
    ["without a method", without(":method")],
    ["without a scheme", without(":scheme")],
    ["without authority and Host", without(":authority")],
    ["with two paths", plus([":path", "/b"])],
    ["with two authorities", plus([":authority", "b"])],
    ["with an unknown pseudo-field", plus([":x", "1"])],
    ["with a pseudo-field of answers", plus([":status", "200"])],
    ["with a pseudo-field behind a field", [...without(":path"), ["x-a", "1"], [":path", "/"]]],
    ["with :protocol", [[":method", "CONNECT"], ...GET.slice(1), [":protocol", "websocket"]]],
    ["with a Host that differs", plus(["host", "other"])],
    ["with two Hosts", plus(["host", "h"], ["host", "h"])],
    ["with user info in its authority", [...without(":authority"), [":authority", "a@h"]]],
    ["with a line end in its method", [...without(":method"), [":method", "GET / HTTP/1.1\r\nx: "]]],
    ["with a scheme of its own", [...without(":scheme"), [":scheme", "ftp"]]],
    ["with a length and no body", plus(["content-length", "5"])],
    ["with two lengths", plus(["content-length", "0"], ["content-length", "0"])],
    ["with a length that is none", plus(["content-length", "+0"])],
  ])("%s", async (_what, fields) => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    const client = new FrameClient(port).request(1, fields);
    await client.until(() => client.resets.length > 0 || client.answersTo(1).length > 0);
    const [reset] = client.resets;
    // Not one of ours that says what is wrong: then node:http2 has refused it before.
    if (reset !== undefined && client.answersTo(1).length === 0) expect(reset).toBe(PROTOCOL_ERROR);
    else await client.until(() => /"status":(?:400|501)/.test(client.received));
    client.request(3, withPath("/next"));
    await client.until(() => client.received.includes("ok"));
    expect(node.requests.map(({ url }) => url)).toEqual(["/next"]);
  });

  test.each<[string, Field]>([
    ["a line end in a value", ["x-a", "1\r\nx-b: 2"]],
    ["a bare CR in a value", ["x-a", "1\rx-b: 2"]],
    ["a bare LF in a value", ["x-a", "1\nx-b: 2"]],
    ["NUL in a value", ["x-a", "1\0"]],
    ["a line end in a name", ["x-a: 1\r\nx-b", "2"]],
    ["a space in a name", ["x a", "1"]],
    ["a colon in a name", ["x:a", "1"]],
  ])("or its field with %s does not get to the node", async (_what, field) => {
    const node = await startNode();
    const { port } = await proxyFor([node]);
    const client = new FrameClient(port).request(1, plus(field)).request(3, withPath("/next"));
    await client.until(() => client.received.includes("ok") && client.frames.some(({ streamId }) => streamId === 3));
    await vi.waitFor(() => expect(node.requests.at(-1)?.url).toBe("/next"));
    for (const { headers } of node.requests)
      for (const name of Object.keys(headers)) expect(name).not.toMatch(/^x-[ab]|^x:|^x /);
  });

  test.each([
    ["longer", "123456"],
    ["shorter", "1234"],
  ])("with DATA %s than its length", async (_how, data) => {
    const node = await startNode();
    const { port, server } = await proxyFor([node]);
    const client = new FrameClient(port);
    client.request(1, [[":method", "POST"], ...GET.slice(1), ["content-length", "5"]], END_HEADERS);
    client.send(frame(Frame.data, END_STREAM, 1, data));
    client.request(3, withPath("/next"));
    // The other requests of the connection are none of its fault.
    await client.until(() => client.received.includes("ok"));
    expect(client.resets).toEqual([PROTOCOL_ERROR]);
    expect(client.goaway).toBeNull();
    expect(node.requests.map(({ url }) => url)).toEqual(["/next"]);
    await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(0));
  });

  test.each<[string, Field]>([
    ["a line end in a value", ["x-a", "1\r\nx-b: 2"]],
    ["NUL in a value", ["x-a", "1\0"]],
    ["a line end in a name", ["x-a: 1\r\nx-b", "2"]],
  ])("or its trailer with %s does not get to the node", async (_what, field) => {
    const trailers: string[][] = [];
    const node = await startNode((request, response) => {
      trailers.push(request.rawTrailers);
      response.end("ok");
    });
    const { port } = await proxyFor([node]);
    const client = new FrameClient(port).request(1, [[":method", "POST"], ...GET.slice(1)], END_HEADERS);
    client.send(frame(Frame.data, 0, 1, "body"));
    client.send(frame(Frame.headers, END_STREAM | END_HEADERS, 1, literals([field, ["x-good", "1"]])));
    client.request(3, withPath("/next"));
    await client.until(() => client.answersTo(3).length > 0);
    for (const [name] of trailers.filter((one) => one.length > 0)) expect(name).toBe("x-good");
    expect(trailers.flat().join()).not.toMatch(/x-[ab]/);
  });

  test("with a target that is too long, or a head that is too large", async () => {
    const node = await startNode();
    const { port } = await proxyFor([node], {}, { maxTarget: 1_000, maxHead: 8_000 });
    const client = new FrameClient(port).request(1, withPath(`/${"a".repeat(1_000)}`));
    await client.until(() => client.received.includes('"status":414'));
    client.request(3, plus(["x-a", "a".repeat(7_990)]));
    await client.until(() => client.received.includes('"status":431'));
    client.send(frame(Frame.settings, ACK, 0)).request(5, plus(["x-a", "a".repeat(7_990)]));
    await client.until(() => client.resets.includes(ENHANCE_YOUR_CALM));
    expect(node.hits).toBe(0);
  });
});

test.each<[string, string]>([
  ["DATA on no stream", frame(Frame.data, 0, 0, "abc")],
  ["DATA on a stream that was never opened", frame(Frame.data, 0, 9, "abc")],
  ["a head that cannot be decompressed", frame(Frame.headers, END_STREAM | END_HEADERS, 5, "\xff".repeat(6))],
  ["a window that grows by nothing", frame(Frame.window, 0, 0, number32(0))],
  ["SETTINGS of a stream", frame(Frame.settings, 0, 1)],
  ["a stream with a number of ours", frame(Frame.headers, END_STREAM | END_HEADERS, 2, literals(GET))],
])("a connection is ended by %s, with word of it", async (_what, bytes) => {
  const node = await startNode();
  const { port, server } = await proxyFor([node], {}, { lingerMs: 100 });
  const client = await new FrameClient(port).request(1, GET).send(bytes).request(3, withPath("/next")).closed();
  expect(client.goaway).toBeGreaterThan(0);
  expect(node.requests.map(({ url }) => url)).not.toContain("/next");
  await vi.waitFor(() => expect(server.connectionCount).toBe(0));
});

describe("HTTP/1 behind the preface", () => {
  const smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n".repeat(2);
  test.each([
    ["of HTTP/2", PREFACE],
    ["of HTTP/2, half of it", PREFACE.slice(0, 18)],
  ])("%s closes the connection", async (_what, preface) => {
    const node = await startNode();
    const { port, server } = await proxyFor([node]);
    await new RawClient(port).send(preface + smuggled).closed();
    expect(node.hits).toBe(0);
    await vi.waitFor(() => expect(server.connectionCount).toBe(0));
  });
});

describe("a flood is cut:", () => {
  /** A proxy, and what must hold of it afterwards. */
  async function rig() {
    const node = await startNode();
    const proxy = await proxyFor([node]);
    const isWell = async () => {
      await vi.waitFor(() => expect(proxy.server.connectionCount).toBe(0), { timeout: 10_000 });
      expect(proxy.server.nodeState(node.id)?.inFlight).toBe(0);
      expect(proxy.server.poolState(proxy.poolId)?.active).toBe(0);
      expect((await http2Request(connectHttp2(proxy.port), {})).status).toBe(200);
    };
    return { node, port: proxy.port, isWell };
  }

  test("streams that are reset as soon as they are opened", async () => {
    const { node, port, isWell } = await rig();
    const client = new FrameClient(port);
    for (let id = 1; id < 4_000; id += 2) client.request(id, GET).send(frame(Frame.reset, 0, id, number32(8)));
    await client.closed();
    expect(node.hits).toBeLessThan(1_000);
    await isWell();
  });

  test("CONTINUATIONs without end", async () => {
    const { node, port, isWell } = await rig();
    const client = new FrameClient(port).send(frame(Frame.headers, END_STREAM, 1, literals(GET)));
    for (let i = 0; i < 2_000; i++) client.send(frame(Frame.more, 0, 1, literals([[`x-${i}`, "a".repeat(100)]])));
    await client.closed();
    expect(node.hits).toBe(0);
    await isWell();
  });

  test("PINGs", async () => {
    const { port, isWell } = await rig();
    const client = new FrameClient(port);
    client.send(frame(Frame.ping, 0, 0, "12345678").repeat(MAX_PINGS + 2_000));
    await client.closed();
    await isWell();
  });

  test("PINGs of a client that does not read their answers", async () => {
    const { port, isWell } = await rig();
    const client = new FrameClient(port);
    client.socket.pause();
    for (let i = 0; i < 200; i++) client.send(frame(Frame.ping, 0, 0, "12345678").repeat(100));
    await isWell();
  });

  test("SETTINGS", async () => {
    const { port, isWell } = await rig();
    const client = new FrameClient(port);
    client.send(frame(Frame.settings, 0, 0, `\0\x04${number32(65_535)}`).repeat(MAX_SETTINGS_FRAMES + 100));
    await client.closed();
    await isWell();
  });

  test("more streams than we allow at once", async () => {
    const node = await startNode(() => {});
    const { port, server } = await proxyFor([node], { hedge: { enabled: false } });
    const client = new FrameClient(port);
    for (let i = 0; i < MAX_STREAMS + 10; i++) client.request(1 + 2 * i, GET);
    await client.until(() => client.resets.length + (client.goaway === null ? 0 : 10) >= 10);
    if (client.goaway === null) expect(new Set(client.resets)).toEqual(new Set([REFUSED_STREAM]));
    await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBeLessThanOrEqual(MAX_STREAMS));
    client.socket.destroy();
    await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(0));
  });

  test("a window too small for any answer", async () => {
    const node = await startNode((_request, response) => response.end("a".repeat(1_000)));
    const { port, server } = await proxyFor([node], {}, { stallMs: 300, idleMs: 500 });
    const client = new FrameClient(port, `\0\x04${number32(1)}`);
    for (let i = 0; i < 20; i++) client.request(1 + 2 * i, GET);
    await client.closed();
    await vi.waitFor(() => expect(server.connectionCount).toBe(0));
    expect(server.nodeState(node.id)?.inFlight).toBe(0);
  });
});
