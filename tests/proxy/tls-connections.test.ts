// Who gets in over TLS: connections that a proxy in front announces, and limits of how many there may be.
import net from "node:net";
import tls from "node:tls";
import { afterEach, expect, test, vi } from "vitest";
import { ProxySettings } from "#lib/contracts/config.ts";
import { makeCertificate } from "#tests/support/certificates.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { proxyV2 } from "./proxy-header.ts";
import { startNode } from "./rig.ts";
import { connectTls, tlsProxyFor } from "./tls-rig.ts";

afterEach(cleanUp);

const certificate = makeCertificate({ names: ["api.test"] });
const GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const V1 = "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n";
const V2 = proxyV2(0x21, 0x11, [192, 0, 2, 8, 10, 0, 0, 1, 0, 1, 1, 187], "").toString("latin1");

async function proxyWith(settings: object) {
  const node = await startNode();
  const proxy = await tlsProxyFor([node], [{ certificate, isDefault: true }]);
  const document = { ...proxy.config.document, proxy: ProxySettings.parse(settings) };
  proxy.server.applyConfig({ revision: 9, document });
  return { ...proxy, node };
}

/** Sends `start` in the clear, cut at `cut`, then speaks TLS; returns the answer. */
function announced(port: number, start: string, cut: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const beneath = net.connect(port, "127.0.0.1");
    onCleanUp(() => void beneath.destroy());
    beneath.setNoDelay(true);
    beneath.write(start.slice(0, cut), "latin1");
    setImmediate(() => {
      beneath.write(start.slice(cut), "latin1");
      const socket = tls.connect({ socket: beneath, rejectUnauthorized: false, servername: "api.test" });
      let text = "";
      socket.on("data", (bytes) => {
        text += bytes.toString("latin1");
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(text));
      socket.write(GET);
    });
  });
}

test("an announced connection under TLS is of whom it says, in both versions, however its header is cut", async () => {
  const { tlsPort, node } = await proxyWith({ proxyProtocol: { from: ["127.0.0.1"] } });
  for (const header of [V1, V2])
    for (const cut of [1, 5, 12, 16, header.length - 1, header.length])
      expect(await announced(tlsPort, header, cut)).toMatch(/^HTTP\/1\.1 200 /);
  const told = node.requests.map(({ headers }) => `${headers["x-forwarded-for"]} ${headers["x-forwarded-proto"]}`);
  expect([...new Set(told)]).toEqual(["192.0.2.7 https", "192.0.2.8 https"]);
});

test("a connection under TLS without the header that it must have is closed", async () => {
  const { tlsPort, node } = await proxyWith({ proxyProtocol: { from: ["127.0.0.1"] } });
  await expect(connectTls(tlsPort, { servername: "api.test" })).rejects.toThrow();
  expect(node.hits).toBe(0);
});

test("limits of connections hold under TLS, by whom they are announced for, until they close", async () => {
  const { tlsPort, server } = await proxyWith({ connections: { maxPerAddress: 1 } });
  const first = await connectTls(tlsPort, { servername: "api.test" });
  await expect(connectTls(tlsPort, { servername: "api.test" })).rejects.toThrow();
  first.destroy();
  await vi.waitFor(() => expect(server.connectionCount).toBe(0));
  await connectTls(tlsPort, { servername: "api.test" });
});
