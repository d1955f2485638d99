// The rate limit of a route, over one process and over several that share a control.
import { randomUUID } from "node:crypto";
import http from "node:http";
import http2 from "node:http2";
import os from "node:os";
import path from "node:path";
import pino from "pino";
import { afterEach, describe, expect, test } from "vitest";
import type { LeaseAsk } from "#lib/contracts/bus.ts";
import { type BusServer, startBus } from "#workers/control/bus-server.ts";
import { LeaseDesk } from "#workers/control/lease-desk.ts";
import { BusClient } from "#workers/proxy/bus-client.ts";
import { networkOf } from "#workers/proxy/route/rate-key.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { type Answer, RawClient, request } from "./clients.ts";
import { configOf, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const log = pino({ level: "silent" });
const LONG = { requests: 5, windowMs: 3_600_000 };

async function limitedConfig(rateLimit: object, route: object = {}) {
  const node = await startNode();
  const poolId = randomUUID();
  const config = configOf(
    [{ id: poolId, nodes: [node] }],
    [{ match: {}, ...("action" in route ? {} : { poolId }), rateLimit, ...route }],
  );
  return { node, config };
}

/** One process on its own, without control. */
async function alone(rateLimit: object, route: object = {}) {
  const { node, config } = await limitedConfig(rateLimit, route);
  return { node, config, ...(await startProxy(config)) };
}

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();
const times = <T>(count: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

/** The control side of the bus, with the desk that hands out limits; `delayMs` is how long it takes to answer. */
async function control(
  file: string,
  answer: (asks: LeaseAsk[], send: () => void) => void = (_, send) => send(),
): Promise<BusServer> {
  const desk = new LeaseDesk();
  const bus = await startBus(file, log, {
    onHello: () => {},
    onMessage: (link, message) => {
      if (message.type !== "lease") return;
      answer(message.asks, () =>
        link.send({ type: "grant", grants: desk.grant(link, message.asks, performance.now()) }),
      );
    },
    onGone: (link) => desk.gone(link, performance.now()),
  });
  onCleanUp(() => bus.close());
  return bus;
}

/** Processes of one worker, each with its own end of the bus, connected. */
async function fleet(count: number, rateLimit: object, file: string, leaseWaitMs = 10_000) {
  const { node, config } = await limitedConfig(rateLimit);
  const proxies = await times(count, async (i) => {
    let bus: BusClient | undefined;
    const opened = Promise.withResolvers<void>();
    const proxy = await startProxy(
      config,
      {},
      {
        processes: count,
        leaseWaitMs,
        onLease: (asks) => bus?.send({ type: "lease", asks }),
      },
    );
    bus = new BusClient({
      path: file,
      process: i,
      log,
      running: () => null,
      receive: (message) => message.type === "grant" && proxy.server.leases.granted(message.grants),
      onOpen: () => {
        proxy.server.leases.connected();
        opened.resolve();
      },
      onClosed: () => proxy.server.leases.disconnected(),
    });
    bus.start();
    onCleanUp(() => bus?.stop());
    await opened.promise;
    return proxy;
  });
  return { node, proxies, urls: proxies.map(({ url }) => url) };
}
const busFile = () => path.join(os.tmpdir(), `gb-test-${randomUUID().slice(0, 8)}.sock`);

describe("a limited route", () => {
  test("lets its burst through, then answers 429 with when to try again, and asks the node no more", async () => {
    const { url, node, measured } = await alone(LONG);
    const answers = [];
    for (let i = 0; i < 7; i++) answers.push(await request(url));
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(node.hits).toBe(5);
    const limits = answers.map(({ headers }) => [headers["ratelimit-policy"], headers.ratelimit]);
    expect(limits[0]).toEqual(['"requests";q=5;w=3600', '"requests";r=4;t=720']);
    expect(limits[4]).toEqual(['"requests";q=5;w=3600', '"requests";r=0;t=3600']);
    const refused = answers[6] as Answer;
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(700);
    expect(refused.headers).toMatchObject({
      "content-type": "application/problem+json",
      "ratelimit-policy": '"requests";q=5;w=3600',
    });
    expect(JSON.parse(refused.body)).toMatchObject({
      status: 429,
      code: "rate-limited",
      requestId: refused.headers["x-request-id"],
    });
    expect(measured()).toMatchObject({ routes: [{ limited: 2 }], pools: [{ requests: 5, failures: 0 }] });
  });
  test("keeps the connection for the next request after a 429", async () => {
    const { url } = await alone({ ...LONG, burst: 1 });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    let sockets = 0;
    agent.on("free", () => sockets++);
    const answers = [await request(url, { agent }), await request(url, { agent }), await request(url, { agent })];
    expect(statuses(answers)).toEqual([200, 429, 429]);
    expect(sockets).toBe(3);
    agent.destroy();
  });
  test.each([
    ["a header", { from: "header", name: "X-User" }, (who: string) => ({ headers: { "x-user": who } })],
    ["a cookie", { from: "cookie", name: "sid" }, (who: string) => ({ headers: { cookie: `a=b; sid=${who}` } })],
    ["a query parameter", { from: "query", name: "u" }, (who: string) => ({ path: `/?u=${who}` })],
    ["the path", { from: "path" }, (who: string) => ({ path: `/${who}` })],
  ])("counts by %s", async (_, key, as) => {
    const { url } = await alone({ ...LONG, burst: 1, key });
    const seen = [];
    for (const who of ["a", "a", "b", "x".repeat(300), "x".repeat(300)])
      seen.push((await request(url, as(who))).status);
    expect(seen).toEqual([200, 429, 200, 200, 429]);
  });
  test("counts all requests together where it says so, and by address where the header is missing", async () => {
    const all = await alone({ ...LONG, burst: 1, key: { from: "route" } });
    expect([(await request(`${all.url}/a`)).status, (await request(`${all.url}/b`)).status]).toEqual([200, 429]);
    const named = await alone({ ...LONG, burst: 1, key: { from: "header", name: "x-user" } });
    const as = (user: string) => request(named.url, { headers: { "x-user": user } });
    // A header that looks like an address is not that address.
    expect([(await request(named.url)).status, (await as("127.0.0.1")).status]).toEqual([200, 200]);
    expect((await request(named.url)).status).toBe(429);
  });
  test("limits its own answers as well", async () => {
    const { url } = await alone({ ...LONG, burst: 1 }, { action: { kind: "redirect", location: "/new" } });
    const [first, second] = [await request(url), await request(url)];
    expect([first.status, first.headers.ratelimit, second.status]).toEqual([302, '"requests";r=0;t=720', 429]);
  });
  test("goes on counting when another setting of it changes, and starts anew when its limit does", async () => {
    const { url, server, config } = await alone({ ...LONG, burst: 1 });
    const changed = (more: object) =>
      server.applyConfig({
        ...config,
        document: { ...config.document, routes: config.document.routes.map((r) => ({ ...r, ...more })) },
      });
    expect((await request(url)).status).toBe(200);
    changed({ maxBodyBytes: 5 });
    expect((await request(url)).status).toBe(429);
    changed({ rateLimit: { ...LONG, burst: 2, key: { from: "client-address" } } });
    expect((await request(url)).status).toBe(200);
  });
  test("limits streams of HTTP/2, and answers them by itself, as requests of HTTP/1", async () => {
    const { url } = await alone({ ...LONG, burst: 2 }, { action: { kind: "respond", status: 200, body: "here" } });
    const client = http2.connect(url);
    const ask = () =>
      new Promise<[number, string]>((resolve) => {
        const stream = client.request({ ":path": "/" });
        let status = 0;
        let body = "";
        stream.on("response", (headers) => (status = Number(headers[":status"])));
        stream.on("data", (piece) => (body += piece));
        stream.on("end", () => resolve([status, body]));
      });
    expect([await ask(), await ask()]).toEqual([
      [200, "here"],
      [200, "here"],
    ]);
    expect((await ask())[0]).toBe(429);
    client.destroy();
  });
});

describe("IPv6 clients", () => {
  test.each([
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"],
    ["2001:db8:1:2::9", "2001:db8:1:2::"],
    ["2001:DB8::9", "2001:db8:0:0::"],
    ["::1", "0:0:0:0::"],
    ["fe80::1%eth0", "fe80:0:0:0::"],
    ["64:ff9b::10.0.0.7", "64:ff9b:0:0::"],
    ["10.0.0.7", "10.0.0.7"],
  ])("%s is counted as %s", (address, network) => expect(networkOf(address)).toBe(network));
});

describe("four processes that share a control", () => {
  test("let no more through than the limit, and no less, wherever requests arrive", async () => {
    const file = busFile();
    await control(file);
    const { urls, node } = await fleet(4, { requests: 10, windowMs: 3_600_000 }, file);
    const answers = await times(40, (i) => request(urls[i % 4] as string));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30);
    expect(node.hits).toBe(10);
  });
  test("let the whole limit through one of them", async () => {
    const file = busFile();
    await control(file);
    const { urls } = await fleet(4, { requests: 10, windowMs: 3_600_000 }, file);
    const answers = await times(15, () => request(urls[2] as string));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });
  test("hand out large bursts in lots, and still let no more through than the limit", async () => {
    const file = busFile();
    let asks = 0;
    await control(file, (asked, send) => {
      asks += asked.length;
      send();
    });
    const { urls } = await fleet(4, { requests: 400, windowMs: 3_600_000 }, file);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
    let let_ = 0;
    for (let round = 0; round < 50; round++)
      for (const { status } of await times(12, (i) => request(urls[i % 4] as string, { agent })))
        if (status === 200) let_++;
    agent.destroy();
    // What the others hold when it runs out is theirs to use: at most a quarter of the burst.
    expect(let_).toBeLessThanOrEqual(400);
    expect(let_).toBeGreaterThan(290);
    expect(asks).toBeLessThan(300);
  });
  test("pass a request's body and the requests behind it on, after the wait for leave", async () => {
    const file = busFile();
    const held = Promise.withResolvers<() => void>();
    await control(file, (_, send) => held.resolve(send));
    const { proxies, node } = await fleet(1, { requests: 10, windowMs: 3_600_000 }, file);
    const client = new RawClient(proxies[0]?.port as number);
    client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    const send = await held.promise;
    client.send("world");
    send();
    await client.has("\r\n\r\nok");
    expect(node.requests).toMatchObject([{ url: "/1", body: "helloworld" }]);
  });
  test("wait for a silent control for a moment only, then keep to their shares, and fail no request", async () => {
    const file = busFile();
    await control(file, () => {});
    const { urls } = await fleet(4, { requests: 8, windowMs: 3_600_000 }, file, 50);
    const answers = await times(32, (i) => request(urls[i % 4] as string));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(24);
  });
  test("go on by their shares when control dies, and by the whole limit once it is back", async () => {
    const file = busFile();
    const first = await control(file);
    const { urls, proxies } = await fleet(4, { requests: 8, windowMs: 3_600_000 }, file);
    const ask = (i: number) => request(urls[i % 4] as string);
    expect(statuses(await times(4, ask))).toEqual([200, 200, 200, 200]);
    await first.close();
    await expect.poll(() => proxies.some(({ server }) => server.leases.isAnswering)).toBe(false);
    // One of two is left to each.
    const without = await times(12, ask);
    expect(without.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(without.filter(({ status }) => status === 429)).toHaveLength(8);
    await control(file);
    await expect.poll(() => proxies.every(({ server }) => server.leases.isAnswering)).toBe(true);
    // The new one is told of what was let through without it.
    const back = await times(20, ask);
    expect(back.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(8);
    expect(back.every(({ status }) => status === 200 || status === 429)).toBe(true);
  });
  test("forget a client that leaves while it waits", async () => {
    const file = busFile();
    const held = Promise.withResolvers<() => void>();
    await control(file, (_, send) => held.resolve(send));
    const { proxies, node } = await fleet(1, { requests: 2, windowMs: 3_600_000 }, file);
    const [proxy] = proxies;
    const client = new RawClient(proxy?.port as number).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const send = await held.promise;
    client.socket.destroy();
    await expect.poll(() => proxy?.server.connectionCount).toBe(0);
    send();
    expect(await request(proxy?.url as string)).toMatchObject({ status: 200 });
    expect(node.hits).toBe(1);
  });
});
