// Who gets in: connections that a proxy in front announces, and limits of how many there may be.
import net from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ConnectionCounts } from "#lib/contracts/bus.ts";
import { ProxySettings } from "#lib/contracts/config.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { RawClient, rawExchange } from "./clients.ts";
import { connectHttp2, http2Request } from "./http2/clients.ts";
import { proxyV2 } from "./proxy-header.ts";
import { configOf, startNode, startProxy, type TestNode } from "./rig.ts";

afterEach(cleanUp);

const GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const V1 = "PROXY TCP4 192.0.2.7 10.0.0.1 12345 80\r\n";
const from = ["127.0.0.1"];

async function proxyWith(settings: object, node: TestNode, limits = {}, options = {}) {
  const config = configOf([{ nodes: [node] }]);
  config.document.proxy = ProxySettings.parse(settings);
  return startProxy(config, limits, options);
}

describe("a connection that is announced by the PROXY protocol", () => {
  test("is of whom it says, in both versions, cut at every byte", async () => {
    const node = await startNode();
    const { port } = await proxyWith({ proxyProtocol: { from } }, node);
    const v2 = proxyV2(0x21, 0x11, [192, 0, 2, 8, 10, 0, 0, 1, 0, 1, 0, 80, 4, 0, 1, 0], GET).toString("latin1");
    for (const text of [`${V1}${GET}`, v2])
      for (let cut = 1; cut < text.length - GET.length + 2; cut++) {
        const client = new RawClient(port);
        client.socket.setNoDelay(true);
        client.send(text.slice(0, cut));
        await new Promise(setImmediate);
        await client.send(text.slice(cut)).closed();
        expect(client.received).toMatch(/^HTTP\/1\.1 200 /);
      }
    const told = new Set(node.requests.map(({ headers }) => headers["x-forwarded-for"]));
    expect([...told]).toEqual(["192.0.2.7", "192.0.2.8"]);
  });

  test("is the peer's own when it says LOCAL or UNKNOWN, as the checks of a proxy in front are", async () => {
    const node = await startNode();
    const { port } = await proxyWith({ proxyProtocol: { from } }, node);
    for (const header of ["PROXY UNKNOWN\r\n", proxyV2(0x20, 0, [], "").toString("latin1")])
      expect(await rawExchange(port, header + GET)).toMatch(/^HTTP\/1\.1 200 /);
    expect(node.requests.map(({ headers }) => headers["x-forwarded-for"])).toEqual(["127.0.0.1", "127.0.0.1"]);
  });

  test("keeps its address over all its requests, and for whom that speaks if it is a trusted proxy", async () => {
    const node = await startNode();
    const settings = { proxyProtocol: { from }, forwarding: { trustedProxies: ["192.0.2.0/24"] } };
    const { port } = await proxyWith(settings, node);
    const next = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.5\r\n\r\n";
    expect(await rawExchange(port, `${V1}${next}${GET}`)).toMatch(/200 OK[\s\S]*200 OK/);
    const told = node.requests.map(({ headers }) => headers["x-forwarded-for"]);
    expect(told).toEqual(["203.0.113.5, 192.0.2.7", "192.0.2.7"]);
  });

  test.each([
    ["without a header", GET],
    ["with a broken one", `PROXY TCP4 x y 1 2\r\n${GET}`],
    ["with two", `${V1}${V1}${GET}`],
  ])("is refused with 400 %s", async (_what, text) => {
    const node = await startNode();
    const { port } = await proxyWith({ proxyProtocol: { from } }, node);
    expect(await rawExchange(port, text)).toMatch(/^HTTP\/1\.1 400 /);
    expect(node.hits).toBe(0);
  });

  test("is cut when its header does not come whole in time", async () => {
    const { port } = await proxyWith({ proxyProtocol: { from } }, await startNode(), { headMs: 100 });
    expect(await rawExchange(port, V1.slice(0, 20))).toMatch(/^HTTP\/1\.1 408 [\s\S]*client-head-timeout/);
  });

  test.each([
    ["version 1", V1 + GET],
    ["version 2", proxyV2(0x21, 0x11, Array(12).fill(1), GET).toString("latin1")],
  ])("from a peer that is not asked to send it is no request: %s gets 400", async (_what, text) => {
    const node = await startNode();
    const { port } = await proxyWith({ proxyProtocol: { from: ["192.0.2.1"] } }, node);
    expect(await rawExchange(port, text)).toMatch(/^HTTP\/1\.1 400 /);
    expect(node.hits).toBe(0);
  });
});

describe("limits of connections", () => {
  const open = async (port: number, start = "") => {
    const client = new RawClient(port).send(`${start}GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
    return client.until(() => client.received !== "" || client.isClosed);
  };

  test("turn away what one address has too many of, with 429, until one of them closes", async () => {
    const { port, server } = await proxyWith({ connections: { maxPerAddress: 2 } }, await startNode());
    const [first] = [await open(port), await open(port)];
    const third = await open(port);
    expect(third.received).toMatch(/^HTTP\/1\.1 429 [\s\S]*Retry-After: 1\r\n[\s\S]*too-many-connections/);
    await third.closed();
    first?.socket.destroy();
    await vi.waitFor(() => expect(server.connectionCount).toBe(1));
    expect((await open(port)).received).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("count an announced connection for whom it is, not for the proxy in front", async () => {
    const settings = { connections: { maxPerAddress: 1 }, proxyProtocol: { from } };
    const { port } = await proxyWith(settings, await startNode());
    expect((await open(port, V1)).received).toMatch(/^HTTP\/1\.1 200 /);
    expect((await open(port, V1)).received).toMatch(/^HTTP\/1\.1 429 /);
    expect((await open(port, V1.replace("2.7", "2.9"))).received).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("do not hold a trusted proxy to what one client may have", async () => {
    const settings = { connections: { maxPerAddress: 1, max: 3 }, forwarding: { trustedProxies: from } };
    const { port } = await proxyWith(settings, await startNode());
    for (let i = 0; i < 3; i++) expect((await open(port)).received).toMatch(/^HTTP\/1\.1 200 /);
    expect((await open(port)).received).toMatch(/^HTTP\/1\.1 503 [\s\S]*connections-exhausted/);
  });

  test("reset untold what is beyond a hundred that are being told, so that a flood holds nothing", async () => {
    const { port, server } = await proxyWith({ connections: { max: 1 } }, await startNode(), { lingerMs: 60_000 });
    await open(port);
    // Attackers: they read what they are told, and stay.
    const flood = Array.from({ length: 150 }, () => {
      const seen = { told: "", isReset: false };
      const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      onCleanUp(() => void socket.destroy());
      socket.on("data", (bytes) => {
        seen.told += bytes.toString("latin1");
      });
      socket.on("error", () => {
        seen.isReset = true;
      });
      return seen;
    });
    await vi.waitFor(() => expect(flood.filter(({ told }) => told.startsWith("HTTP/1.1 503"))).toHaveLength(100));
    await vi.waitFor(() => expect(flood.filter(({ told, isReset }) => told === "" && isReset)).toHaveLength(50));
    await vi.waitFor(() => expect(server.connectionCount).toBe(101));
  });

  test("hold for all processes of a worker together, and are told among them", async () => {
    const node = await startNode();
    const told: ConnectionCounts[] = [];
    const options = { processes: 2, onConnections: (counts: ConnectionCounts) => told.push(counts) };
    const { port, server } = await proxyWith({ connections: { maxPerAddress: 3 } }, node, {}, options);
    server.door.hear(1, { total: 2, addresses: [["127.0.0.1", 2]] });
    expect((await open(port)).received).toMatch(/^HTTP\/1\.1 200 /);
    expect((await open(port)).received).toMatch(/^HTTP\/1\.1 429 /);
    await vi.waitFor(() => expect(told).toContainEqual({ total: 1, addresses: [["127.0.0.1", 1]] }));
  });

  test("hold for connections that speak HTTP/2 as for others", async () => {
    const { port } = await proxyWith({ connections: { maxPerAddress: 1 } }, await startNode());
    const session = await connectHttp2(port);
    expect((await http2Request(session, {})).status).toBe(200);
    expect((await open(port)).received).toMatch(/^HTTP\/1\.1 429 /);
  });
});
