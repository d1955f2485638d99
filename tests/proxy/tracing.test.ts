// OpenTelemetry traces of a real proxy, taken by a real receiver of OTLP on loopback.
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import { gunzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { TracingSettings } from "#lib/contracts/config.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { configOf, deadUrl, listen, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const patience = { timeout: 20_000, interval: 10 };

type Attribute = { key: string; value: { stringValue?: string; intValue?: string; boolValue?: boolean } };
type Received = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  kind: number;
  attributes: Attribute[];
  status: object;
};
const attributeOf = (span: Received, key: string) => {
  const { value = {} } = span.attributes.find((each) => each.key === key) ?? {};
  return value.stringValue ?? value.intValue ?? value.boolValue;
};

/** A collector. @param answer of each request, by its number; nothing: it hangs */
async function startCollector(
  answer: (response: http.ServerResponse, n: number) => void = (response) => response.end("{}"),
) {
  const spans: Received[] = [];
  const resources: Attribute[][] = [];
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer(async (received, response) => {
    requests.push(received);
    const n = requests.length;
    const chunks: Buffer[] = [];
    for await (const chunk of received) chunks.push(chunk);
    const isCompressed = received.headers["content-encoding"] === "gzip";
    const body = isCompressed ? gunzipSync(Buffer.concat(chunks)) : Buffer.concat(chunks);
    response.on("finish", () => {
      if (response.statusCode !== 200) return;
      const [told] = JSON.parse(body.toString()).resourceSpans;
      spans.push(...told.scopeSpans[0].spans);
      resources.push(told.resource.attributes);
    });
    answer(response, n);
  });
  const port = await listen(server);
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, spans, resources, requests };
}

type Draft = Parameters<typeof configOf>[0][number];
async function tracedProxy(pool: Draft, tracing: object) {
  const config = configOf([pool]);
  const settings = TracingSettings.parse({ enabled: true, sampleRatio: 1, collectMs: 10, ...tracing });
  Object.assign(config.document.proxy, { tracing: settings });
  return startProxy(config);
}
const spansWithin = async (spans: Received[], count: number) => {
  await vi.waitFor(() => expect(spans.length).toBeGreaterThanOrEqual(count), patience);
  return { server: spans.find(({ kind }) => kind === 2) as Received, clients: spans.filter(({ kind }) => kind === 3) };
};

test("each attempt tells its node its own span, under the server's, under the client's; tracestate is kept", async () => {
  const collector = await startCollector();
  const [bad, good] = [await startNode((_, response) => response.writeHead(503).end()), await startNode()];
  const nodes = [
    { id: bad.id, url: bad.url },
    { id: good.id, url: good.url, backup: true },
  ];
  const proxy = await tracedProxy({ nodes }, { endpoint: collector.url, headers: { "x-token": { value: "s3cret" } } });
  const headers = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: "a=1,b@v=2" };
  expect((await request(`${proxy.url}/x`, { headers })).status).toBe(200);
  const { server, clients } = await spansWithin(collector.spans, 3);
  expect(server).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, traceState: "a=1,b@v=2" });
  expect(clients.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual(
    Array(2).fill([TRACE, server.spanId]),
  );
  const told = [bad, good].map((node) => node.requests[0]?.headers);
  expect(told.map((each) => each?.traceparent)).toEqual(clients.map(({ spanId }) => `00-${TRACE}-${spanId}-01`));
  expect(told.map((each) => each?.tracestate)).toEqual(Array(2).fill("a=1,b@v=2"));
  expect(clients.map((span) => attributeOf(span, "gb.attempt.kind"))).toEqual(["first", "retry"]);
  expect(clients.map((span) => attributeOf(span, "error.type"))).toEqual(["status-503", undefined]);
  expect(collector.requests[0]?.url).toBe("/v1/traces");
  expect(collector.requests[0]?.headers).toMatchObject({ "x-token": "s3cret", "content-type": "application/json" });
});

test("a copy of a slow request is a span of its own, and the one that lost is no error", async () => {
  const collector = await startCollector();
  let asked = 0;
  // Of those that are not for warming up the first one never answers.
  const nodes = await Promise.all(
    [0, 1].map(() =>
      startNode((seen, response) => void (seen.url === "/warm" || asked++ > 0 ? response.end("ok") : null)),
    ),
  );
  const hedge = { minDelayMs: 20, minHedges: 1_000, suspectAfter: 0 };
  const pool = { nodes: nodes.map(({ id, url }) => ({ id, url })), hedge };
  const proxy = await tracedProxy(pool as Draft, { endpoint: collector.url });
  // As long as its usual time is not known, a pool waits for a second.
  await load(`${proxy.url}/warm`, 20);
  const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
  expect((await request(`${proxy.url}/slow`, { headers })).status).toBe(200);
  const ofIt = () => collector.spans.filter(({ traceId }) => traceId === TRACE);
  await vi.waitFor(() => expect(ofIt()).toHaveLength(3), patience);
  const { server, clients } = await spansWithin(ofIt(), 3);
  const [lost, copy] = clients.toSorted((a) => (attributeOf(a, "gb.cause") === "superseded" ? -1 : 1)) as [
    Received,
    Received,
  ];
  expect([attributeOf(lost, "gb.cause"), lost.status]).toEqual(["superseded", {}]);
  expect([attributeOf(copy, "gb.attempt.kind"), copy.status]).toEqual(["hedge", {}]);
  expect(clients.map(({ parentSpanId }) => parentSpanId)).toEqual([server.spanId, server.spanId]);
  const told = nodes.map((node) => [node.id, node.requests.find(({ url }) => url === "/slow")?.headers.traceparent]);
  const said = clients.map((span) => [attributeOf(span, "gb.node.id"), `00-${TRACE}-${span.spanId}-01`]);
  expect(said).toEqual(expect.arrayContaining(told));
});

test("a client that says not to record is followed: its context passes as it came, and nothing is exported", async () => {
  const collector = await startCollector();
  const node = await startNode();
  const proxy = await tracedProxy({ nodes: [{ id: node.id, url: node.url }] }, { endpoint: collector.url });
  const headers = { traceparent: `00-${TRACE}-${PARENT}-00`, tracestate: "a=1" };
  await request(`${proxy.url}/x`, { headers });
  await request(`${proxy.url}/y`);
  expect(node.requests[0]?.headers).toMatchObject(headers);
  await spansWithin(collector.spans, 2);
  expect(new Set(collector.spans.map(({ traceId }) => traceId))).not.toContain(TRACE);
});

test("a malformed context is dropped with its tracestate, and another trace begun", async () => {
  const collector = await startCollector();
  const node = await startNode();
  const proxy = await tracedProxy({ nodes: [{ id: node.id, url: node.url }] }, { endpoint: collector.url });
  const bad = `00-${"0".repeat(32)}-${PARENT}-01`;
  await request(`${proxy.url}/x`, { headers: { traceparent: bad, tracestate: "a=1" } });
  const { server } = await spansWithin(collector.spans, 2);
  expect([server.parentSpanId, server.traceState]).toEqual([undefined, undefined]);
  expect(node.requests[0]?.headers.traceparent).toMatch(new RegExp(`^00-${server.traceId}-[0-9a-f]{16}-03$`));
  expect(node.requests[0]?.headers.tracestate).toBeUndefined();
});

test("spans go out by gzip with the attributes of who sends them, where that is set", async () => {
  const collector = await startCollector();
  const node = await startNode();
  const tracing = {
    compression: "gzip",
    resourceAttributes: "deployment.environment=prod, team=a%2Cb,host.name=pod-7",
  };
  const pool = { nodes: [{ id: node.id, url: node.url }] };
  const proxy = await tracedProxy(pool, { endpoint: collector.url, ...tracing });
  await request(`${proxy.url}/x`);
  await spansWithin(collector.spans, 2);
  expect(collector.requests[0]?.headers["content-encoding"]).toBe("gzip");
  const told = Object.fromEntries((collector.resources[0] ?? []).map(({ key, value }) => [key, value.stringValue]));
  expect(told).toMatchObject({ "deployment.environment": "prod", team: "a,b", "host.name": "pod-7" });
  expect(told["service.name"]).toBe("gemini-balance");
});

// W3C Trace Context, §3.4: who does not take part sends both on as they are.
test("off, whatever the client says passes as it came, malformed or not", async () => {
  const node = await startNode();
  const proxy = await startProxy(configOf([{ nodes: [{ id: node.id, url: node.url }] }]));
  const headers = { traceparent: "whatever", tracestate: "a" };
  await request(`${proxy.url}/x`, { headers });
  expect(node.requests[0]?.headers).toMatchObject(headers);
  await request(`${proxy.url}/x`);
  expect(node.requests[1]?.headers.traceparent).toBeUndefined();
});

test("unrecorded requests without a context tell their node not to record either", async () => {
  const node = await startNode();
  const tracing = { endpoint: await deadUrl(), sampleRatio: 0 };
  const proxy = await tracedProxy({ nodes: [{ id: node.id, url: node.url }] }, tracing);
  await request(`${proxy.url}/x`);
  expect(node.requests[0]?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
  expect(proxy.server.takeFrame(0).spans).toBeUndefined();
});

test("an answer of the proxy's own without a pool is a span, too", async () => {
  const collector = await startCollector();
  const node = await startNode();
  const config = configOf([{ nodes: [{ id: node.id, url: node.url }] }]);
  const pool = config.document.pools[0] as (typeof config.document.pools)[0];
  Object.assign(pool, { isDefault: false });
  const tracing = TracingSettings.parse({ enabled: true, sampleRatio: 1, collectMs: 10, endpoint: collector.url });
  Object.assign(config.document.proxy, { tracing });
  Object.assign(config.document, { routes: [] });
  const proxy = await startProxy(config);
  expect((await request(`${proxy.url}/x`)).status).toBe(404);
  const { server } = await spansWithin(collector.spans, 1);
  expect([attributeOf(server, "http.response.status_code"), attributeOf(server, "gb.cause")]).toEqual([
    "404",
    "no-route",
  ]);
});

test("what a collector asks to have again goes again when it says, and is counted once", async () => {
  const collector = await startCollector((response, n) =>
    n === 1 ? response.writeHead(429, { "retry-after": "0" }).end() : response.end("{}"),
  );
  const node = await startNode();
  const proxy = await tracedProxy({ nodes: [{ id: node.id, url: node.url }] }, { endpoint: collector.url });
  await request(`${proxy.url}/x`);
  await spansWithin(collector.spans, 2);
  expect(collector.requests).toHaveLength(2);
  await vi.waitFor(() => expect(proxy.server.takeFrame(0).spans).toEqual({ exported: 2, dropped: 0 }), patience);
});

test("what a collector refuses is dropped and counted, and requests do not notice", async () => {
  const collector = await startCollector((response) => response.writeHead(400).end("no"));
  const node = await startNode();
  const proxy = await tracedProxy({ nodes: [{ id: node.id, url: node.url }] }, { endpoint: collector.url });
  expect((await request(`${proxy.url}/x`)).status).toBe(200);
  await vi.waitFor(() => expect(proxy.server.takeFrame(0).spans).toEqual({ exported: 0, dropped: 2 }), patience);
  expect(collector.requests).toHaveLength(1);
});

test("while a collector hangs no more than the queue waits, and stopping does not wait for it for long", async () => {
  const collector = await startCollector(() => {});
  const node = await startNode();
  const tracing = { endpoint: collector.url, maxQueue: 100, timeoutMs: 60_000 };
  const proxy = await tracedProxy({ nodes: [{ id: node.id, url: node.url }] }, tracing);
  for (let i = 0; i < 60; i++) await request(`${proxy.url}/x`);
  expect(proxy.server.takeFrame(0).spans).toEqual({ exported: 0, dropped: 20 });
  await proxy.server.stop(0);
  expect(proxy.server.takeFrame(0).spans).toEqual({ exported: 0, dropped: 100 });
});

test("stopping sends what has not gone out yet", async () => {
  const collector = await startCollector();
  const node = await startNode();
  const tracing = { endpoint: collector.url, collectMs: 60_000 };
  const proxy = await tracedProxy({ nodes: [{ id: node.id, url: node.url }] }, tracing);
  await request(`${proxy.url}/x`);
  await proxy.server.stop(0);
  expect(collector.spans).toHaveLength(2);
});

test("HTTP/2 on both sides carries the same, whatever the case of its names", async () => {
  const collector = await startCollector();
  const seen: http2.IncomingHttpHeaders[] = [];
  const upstream = http2.createServer((asked, response) => {
    seen.push(asked.headers);
    response.end("ok");
  });
  const port = await listen(upstream);
  onCleanUp(() => void upstream.close());
  const nodes = [{ id: crypto.randomUUID(), url: `http://127.0.0.1:${port}` }];
  const proxy = await tracedProxy({ nodes, protocol: "h2c" } as Draft, { endpoint: collector.url });
  const session = http2.connect(proxy.url);
  onCleanUp(() => session.destroy());
  const stream = session.request({ ":path": "/x", traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: "a=1" });
  stream.resume();
  await once(stream, "end");
  const { server, clients } = await spansWithin(collector.spans, 2);
  expect(seen[0]).toMatchObject({ traceparent: `00-${TRACE}-${clients[0]?.spanId}-01`, tracestate: "a=1" });
  expect([server.parentSpanId, attributeOf(server, "network.protocol.version")]).toEqual([PARENT, "2"]);
});
