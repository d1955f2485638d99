// HTTP/2 under TLS with nodes: agreed on by ALPN, verified as any node is.
import { randomUUID } from "node:crypto";
import http2 from "node:http2";
import https from "node:https";
import type { AddressInfo, Server } from "node:net";
import { H2CClient } from "undici";
import { afterEach, expect, test, vi } from "vitest";
import { makeCertificate } from "#tests/support/certificates.ts";
import { cleanUp, onCleanUp } from "../clean-up.ts";
import { request } from "../clients.ts";
import { proxyFor } from "../rig.ts";

afterEach(cleanUp);

const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const { cert, key } = makeCertificate({ names: ["127.0.0.1"], issuer: authority });
const H2 = { protocol: "h2", tls: { caPem: authority.cert }, retry: { maxRetries: 0 } };

async function started(server: Server): Promise<{ id: string; url: string }> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.on("tlsClientError", () => {});
  onCleanUp(() => void server.close());
  return { id: randomUUID(), url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
const startTlsNode = () =>
  started(
    http2.createSecureServer({ cert, key }, (incoming, response) => {
      response.end(`${incoming.httpVersion} ${incoming.scheme}`);
    }),
  );

test("a node that agrees on HTTP/2 is spoken to in it", async () => {
  const node = await startTlsNode();
  const { url, server } = await proxyFor([node], H2);
  expect((await request(url)).body).toBe("2.0 https");
  await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(0));
});

test("TLS is spoken also where the URL does not say so: nothing of such a pool goes out in clear", async () => {
  const { id, url } = await startTlsNode();
  const proxy = await proxyFor([{ id, url: url.replace("https:", "http:") }], H2);
  expect((await request(proxy.url)).body).toBe("2.0 https");
});

test("a node that does not agree on it, or shows a certificate of somebody else's, is not", async () => {
  const node = await started(https.createServer({ cert, key }, (_request, response) => response.end("1.1")));
  const one = await proxyFor([node], H2);
  const answer = await request(one.url);
  expect([answer.status, JSON.parse(answer.body).code]).toEqual([502, "tls-fault"]);
  const two = await proxyFor([await startTlsNode()], { ...H2, tls: {} });
  expect(JSON.parse((await request(two.url)).body).code).toBe("tls-fault");
  expect(one.server.nodeState(node.id)?.inFlight).toBe(0);
});

test("undici is served over HTTP/2 with prior knowledge as well", async () => {
  const node = await startTlsNode();
  const { url } = await proxyFor([node], H2);
  const client = new H2CClient(url);
  onCleanUp(() => client.destroy());
  const { statusCode, headers, body } = await client.request({ path: "/", method: "GET" });
  expect([statusCode, await body.text(), headers.via]).toEqual([200, "2.0 https", "2 gemini-balance"]);
});
