import dns from "node:dns";
import https from "node:https";
import { afterEach, expect, test } from "vitest";
import { HealthCheck, NodeTlsSettings } from "#lib/contracts/config.ts";
import { makeCertificate } from "#tests/support/certificates.ts";
import { probe } from "#workers/probes/probe.ts";
import { isSameTarget, targetOf } from "#workers/probes/target.ts";
import { listening, stopAll } from "./probe-servers.ts";

afterEach(stopAll);

const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const certificate = makeCertificate({ names: ["node.test"], issuer: authority });
const id = "00000000-0000-4000-8000-000000000001";
const healthCheck = HealthCheck.parse({ timeoutMs: 2_000 });

async function startNode(): Promise<{ url: string; names: unknown[] }> {
  const names: unknown[] = [];
  const { cert, key } = certificate;
  const server = https.createServer({ cert, key }, (_, response) => response.end("ok"));
  server.on("secureConnection", (socket) => names.push([socket.servername, socket.isSessionReused()]));
  server.on("tlsClientError", () => {});
  return { url: (await listening(server)).replace("http:", "https:"), names };
}
const reasonsOf = async (url: string, tls: object) => {
  const target = targetOf({ id, url }, { healthCheck, tls: NodeTlsSettings.parse(tls) });
  return (await probe(target, ["tcp", "http"], dns.lookup)).map(({ reason }) => reason);
};

test("checks trust whom the pool trusts, for the name that the pool asks for, and resume no session", async () => {
  const { url, names } = await startNode();
  const caPem = authority.cert;
  expect(await reasonsOf(url, {})).toEqual(["certificate-untrusted", "certificate-untrusted"]);
  expect(await reasonsOf(url, { caPem })).toEqual(["certificate-wrong-name", "certificate-wrong-name"]);
  names.length = 0;
  expect(await reasonsOf(url, { caPem, serverName: "node.test" })).toEqual(["ok", "ok"]);
  expect(await reasonsOf(url, { caPem, serverName: "node.test" })).toEqual(["ok", "ok"]);
  expect(names).toEqual([
    ["node.test", false],
    ["node.test", false],
  ]);
  expect(await reasonsOf(url, { verify: false })).toEqual(["ok", "ok"]);
});

test("a pool that trusts another authority has its https nodes checked anew", () => {
  const target = (url: string, tls: object = {}) =>
    targetOf({ id, url }, { healthCheck, tls: NodeTlsSettings.parse(tls) });
  const caPem = authority.cert;
  expect(isSameTarget(target("https://a.test"), target("https://a.test"))).toBe(true);
  expect(isSameTarget(target("https://a.test"), target("https://a.test", { caPem }))).toBe(false);
  expect(isSameTarget(target("http://a.test"), target("http://a.test", { caPem }))).toBe(true);
});
