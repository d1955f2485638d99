import { afterEach, expect, test, vi } from "vitest";
import { ProxySettings } from "#lib/contracts/config.ts";
import { cleanUp } from "./clean-up.ts";
import { RawClient, request } from "./clients.ts";
import { proxyFor, startNode } from "./rig.ts";

afterEach(cleanUp);

vi.setConfig({ testTimeout: 120_000 });

test("new proxy settings hold for what begins after them, and drop no connection", async () => {
  const node = await startNode();
  const { port, server, config } = await proxyFor([node]);
  const client = new RawClient(port).send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.has("\r\n\r\nok");
  const proxy = ProxySettings.parse({ clientLimits: { maxTargetBytes: 256, headMs: 100 } });
  server.applyConfig({ revision: 2, document: { ...config.document, proxy } });
  client.received = "";
  client.send(`GET /${"x".repeat(255)} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await client.has("\r\n\r\nok");
  client.send(`GET /${"x".repeat(256)} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await client.has("uri-too-long");
  const slow = new RawClient(port).send("GET / HTTP/1.1\r\n");
  await slow.has("HTTP/1.1 408");
});

test("forwarding fields are kept from trusted proxies only, and consistent hashing goes by whom they speak for", async () => {
  const nodes = [await startNode(), await startNode(), await startNode()];
  const { url, server, config } = await proxyFor(nodes, { algorithm: "consistent-hash" });
  const seen = () => nodes.flatMap(({ requests }) => requests).map(({ headers }) => headers);
  const claim = { "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https", X_Forwarded_For: "192.0.2.9" };
  await request(url, { headers: claim });
  expect(seen()[0]).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
  expect(seen()[0]).not.toHaveProperty("x_forwarded_for");
  const forwarding = { trustedProxies: ["127.0.0.0/8"], sendForwarded: true };
  const proxy = ProxySettings.parse({ forwarding });
  server.applyConfig({ revision: 2, document: { ...config.document, proxy } });
  for (const node of nodes) node.requests.length = 0;
  await request(url, { headers: claim });
  const [told] = seen();
  expect(told).toMatchObject({ "x-forwarded-for": "192.0.2.1, 127.0.0.1", "x-forwarded-proto": "https" });
  expect(told?.forwarded).toMatch(/^for=127\.0\.0\.1;host="127\.0\.0\.1:\d+";proto=http$/);
  for (let i = 1; i < 40; i++) await request(url, { headers: { "X-Forwarded-For": `192.0.2.${i}, 127.0.0.9` } });
  expect(nodes.every(({ requests }) => requests.length > 0)).toBe(true);
});
