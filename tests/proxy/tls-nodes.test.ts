// Nodes that speak TLS: whom the proxy trusts, what it asks for, and what becomes of a node that is not as asked for.
import { randomUUID } from "node:crypto";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { NodeTlsSettings } from "#lib/contracts/config.ts";
import { makeCertificate } from "#tests/support/certificates.ts";
import { nodeTls } from "#workers/tls/node-tls.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { proxyFor, startNode } from "./rig.ts";

afterEach(cleanUp);

const DAY_MS = 86_400_000;
const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const good = makeCertificate({ names: ["127.0.0.1", "node.test"], issuer: authority });
const caPem = authority.cert;

async function startTlsNode(certificate = good, options: https.ServerOptions = {}) {
  const names: (string | false | null)[] = [];
  const reused: boolean[] = [];
  const bodies: number[] = [];
  const server = https.createServer(
    { cert: certificate.cert, key: certificate.key, ...options },
    (request, response) => {
      let size = 0;
      request.on("data", (piece: Buffer) => {
        size += piece.length;
      });
      request.on("end", () => {
        bodies.push(size);
        response.end(request.method === "POST" ? Buffer.alloc(size, "b") : "over TLS");
      });
    },
  );
  server.on("secureConnection", (socket: TLSSocket) => {
    names.push(socket.servername);
    reused.push(socket.isSessionReused());
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { id: randomUUID(), url: `https://127.0.0.1:${port}`, names, reused, bodies, server };
}
const ONCE = { retry: { maxRetries: 0 }, healthCheck: { enabled: false }, ejection: { enabled: false } };

describe("a node's certificate", () => {
  test("by an authority that the pool trusts is taken, for the address in the URL", async () => {
    const node = await startTlsNode();
    const { url } = await proxyFor([node], { ...ONCE, tls: { caPem } });
    const answer = await request(url);
    expect([answer.status, answer.body]).toEqual([200, "over TLS"]);
    expect(node.names).toEqual([false]);
  });

  const expired = makeCertificate({
    names: ["127.0.0.1"],
    issuer: authority,
    validFromMs: Date.now() - 9 * DAY_MS,
    validForDays: 8,
  });
  const future = makeCertificate({ names: ["127.0.0.1"], issuer: authority, validFromMs: Date.now() + DAY_MS });
  const selfSigned = makeCertificate({ names: ["127.0.0.1"] });
  const ofAnother = makeCertificate({ names: ["127.0.0.1"], issuer: makeCertificate({ isAuthority: true }) });
  const named = makeCertificate({ names: ["other.test"], issuer: authority });
  test.each([
    ["expired", expired, "certificate-expired"],
    ["not yet valid", future, "certificate-not-yet-valid"],
    ["self-signed", selfSigned, "certificate-untrusted"],
    ["of another authority", ofAnother, "certificate-untrusted"],
    ["for another name", named, "certificate-wrong-name"],
  ])(
    "that is %s fails with a cause of its own, and nothing is sent; unverified it is taken",
    async (_, cert, cause) => {
      const node = await startTlsNode(cert);
      const strict = await proxyFor([node], { ...ONCE, tls: { caPem } });
      const { status, body } = await request(strict.url);
      expect([status, JSON.parse(body)]).toMatchObject([
        502,
        { code: "tls-fault", detail: expect.stringContaining(cause) },
      ]);
      expect(node.bodies).toEqual([]);
      const lax = await proxyFor([node], { ...ONCE, tls: { verify: false } });
      expect((await request(lax.url)).status).toBe(200);
    },
  );

  test("by nobody that the system trusts is refused without an authority of the pool's", async () => {
    const node = await startTlsNode();
    const { url } = await proxyFor([node], ONCE);
    expect(JSON.parse((await request(url)).body).code).toBe("tls-fault");
  });

  test("of a bad node costs no request where a good one can answer", async () => {
    const [bad, ok] = [await startTlsNode(selfSigned), await startTlsNode()];
    const { url } = await proxyFor([bad, ok], { tls: { caPem }, healthCheck: { enabled: false } });
    expect(await load(url, 40, 4)).toEqual(new Map([[200, 40]]));
  });
});

describe("a server name", () => {
  test("is asked for, and verified, instead of the host in the URL", async () => {
    const node = await startTlsNode();
    const right = await proxyFor([node], { ...ONCE, tls: { caPem, serverName: "node.test" } });
    expect((await request(right.url)).status).toBe(200);
    expect(node.names).toEqual(["node.test"]);
    const wrong = await proxyFor([node], { ...ONCE, tls: { caPem, serverName: "wrong.test" } });
    expect(JSON.parse((await request(wrong.url)).body).detail).toContain("certificate-wrong-name");
  });
});

describe("TLS with a node", () => {
  test("is of the oldest version allowed, or newer", async () => {
    const node = await startTlsNode(good, { maxVersion: "TLSv1.2" });
    const strict = await proxyFor([node], { ...ONCE, tls: { caPem, minVersion: "TLSv1.3" } });
    expect(JSON.parse((await request(strict.url)).body).detail).toContain("tls-failed");
    const lax = await proxyFor([node], { ...ONCE, tls: { caPem } });
    expect((await request(lax.url)).status).toBe(200);
  });

  test("with a node that speaks none fails as TLS", async () => {
    const node = await startNode();
    const clear = { id: node.id, url: node.url.replace("http:", "https:") };
    const { url } = await proxyFor([clear], { ...ONCE, tls: { caPem } });
    expect(JSON.parse((await request(url)).body).code).toBe("tls-fault");
    expect(node.hits).toBe(0);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("resumes a session of %s on the next connection", async (maxVersion) => {
    const node = await startTlsNode(good, { maxVersion });
    const { url } = await proxyFor([node], { ...ONCE, tls: { caPem }, keepAlive: { maxIdle: 0 } });
    for (let i = 0; i < 3; i++) expect((await request(url)).status).toBe(200);
    expect(node.reused).toEqual([false, true, true]);
  });

  test("begins anew when the pool's settings change: what was verified less is not kept", async () => {
    const node = await startTlsNode(selfSignedNode);
    const { url, server, config } = await proxyFor([node], { ...ONCE, tls: { verify: false } });
    expect((await request(url)).status).toBe(200);
    const [pool] = config.document.pools;
    const tls = NodeTlsSettings.parse({ caPem });
    server.applyConfig({
      revision: 2,
      document: { ...config.document, pools: [{ ...(pool as typeof pool & object), tls }] },
    });
    expect(JSON.parse((await request(url)).body).code).toBe("tls-fault");
  });
  const selfSignedNode = makeCertificate({ names: ["127.0.0.1"] });

  test("carries 8 MiB both ways, whole", async () => {
    const node = await startTlsNode();
    const { url } = await proxyFor([node], { ...ONCE, tls: { caPem } });
    const size = 8 * 1_048_576;
    const { body } = await request(url, { method: "POST" }, Buffer.alloc(size, "a"));
    expect([node.bodies, body.length, /^b+$/.test(body)]).toEqual([[size], size, true]);
  });

  test("is prepared once for pools that agree", () => {
    const one = nodeTls(NodeTlsSettings.parse({ caPem }), "a.test");
    const other = nodeTls(NodeTlsSettings.parse({ caPem, serverName: "b.test" }), "10.0.0.1");
    expect(one.options.secureContext).toBe(other.options.secureContext);
    expect([one.options.servername, other.options.servername]).toEqual(["a.test", "b.test"]);
    expect(nodeTls(NodeTlsSettings.parse({ caPem }), "10.0.0.1").options.servername).toBe("");
  });
});
