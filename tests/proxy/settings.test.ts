import { afterEach, expect, test } from "vitest";
import { ProxySettings } from "#lib/contracts/config.ts";
import { cleanUp } from "./clean-up.ts";
import { RawClient } from "./clients.ts";
import { proxyFor, startNode } from "./rig.ts";

afterEach(cleanUp);

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
