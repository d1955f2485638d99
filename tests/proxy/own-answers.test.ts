// What the proxy answers itself is in the figures of no node: it is counted by what it says, over whatever protocol.
import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { rawExchange, request } from "./clients.ts";
import { connectHttp2, http2Request } from "./http2/clients.ts";
import { configOf, deadUrl, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

test("answers of the proxy's own are counted by code, those of nodes are not", async () => {
  const node = await startNode();
  const [good, dead] = [randomUUID(), randomUUID()];
  const pools = [
    { id: good, isDefault: false, nodes: [{ url: node.url }] },
    { id: dead, nodes: [{ url: await deadUrl() }] },
  ];
  const limited = { rateLimit: { requests: 1, windowMs: 60_000, key: { from: "route" } } };
  const routes = [
    { match: { pathPrefix: "/good" }, poolId: good },
    { match: { pathPrefix: "/small" }, poolId: good, maxBodyBytes: 1 },
    { match: { pathPrefix: "/limited" }, poolId: good, ...limited },
    { match: { pathPrefix: "/dead" }, poolId: dead },
    { match: { pathPrefix: "/down" }, action: { kind: "respond", status: 503, body: "" } },
    { match: { pathPrefix: "/moved" }, action: { kind: "redirect", status: 302, location: "/good" } },
  ];
  const { url, port, server, measured } = await startProxy(configOf(pools, routes));
  await request(`${url}/good`);
  await request(`${url}/down`);
  await request(`${url}/moved`);
  for (let i = 0; i < 3; i++) await request(`${url}/limited`);
  await request(`${url}/small`, { method: "POST" }, "large");
  await request(`${url}/dead`);
  await request(`${url}/nowhere`);
  await rawExchange(port, "GET / HTTP/1.1\nHost: a\n\n");
  const session = connectHttp2(port);
  await http2Request(session, { ":path": "/good" });
  await http2Request(session, { ":path": "/down" });
  await http2Request(session, { ":path": "/nowhere" });
  const counts = Object.fromEntries((measured().own ?? []).map(({ code, count }) => [code, count]));
  expect(counts).toEqual({
    "fixed-answer": 2,
    redirect: 1,
    "rate-limited": 2,
    "payload-too-large": 1,
    "connect-failed": 1,
    "no-route": 2,
    "bad-request": 1,
  });
  expect(server.takeFrame(2_000).own).toBeUndefined();
});
