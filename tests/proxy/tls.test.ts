// What TLS is agreed on: certificates by name, versions and ciphers, sessions, certificates of clients. With real clients.

import { once } from "node:events";
import type http from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { makeCertificate } from "#tests/support/certificates.ts";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { startNode } from "./rig.ts";
import { connectTls, exchange, requestTls, shownFor, snapshotOf, tlsProxyFor } from "./tls-rig.ts";

afterEach(cleanUp);

const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const certificateFor = (...names: string[]) => makeCertificate({ names, issuer: authority });
const certificate = certificateFor("api.test", "127.0.0.1");
const offered = [{ certificate, isDefault: true }];
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "agreed",
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

describe("a certificate is chosen by the name that a client asks for", () => {
  test("exactly, by wildcard, and else the default, also for who asks for none", async () => {
    const node = await startNode();
    const { tlsPort } = await tlsProxyFor(
      [node],
      [
        { certificate: certificateFor("one.test") },
        { certificate: certificateFor("*.wild.test") },
        { certificate: certificateFor("fallback.test"), isDefault: true },
      ],
    );
    expect(await shownFor(tlsPort, "one.test")).toBe("one.test");
    expect(await shownFor(tlsPort, "a.wild.test")).toBe("*.wild.test");
    expect(await shownFor(tlsPort, "a.b.wild.test")).toBe("fallback.test");
    expect(await shownFor(tlsPort, "unknown.test")).toBe("fallback.test");
    expect(await shownFor(tlsPort, "")).toBe("fallback.test");
  });

  test("where there is none the handshake fails with an alert, and the next client is served", async () => {
    const node = await startNode();
    const proxy = await tlsProxyFor([node], [{ certificate: certificateFor("one.test") }]);
    for (const servername of ["other.test", ""])
      expect(await codeOf(connectTls(proxy.tlsPort, { servername }))).toBe("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE");
    expect(await shownFor(proxy.tlsPort, "one.test")).toBe("one.test");
    proxy.offer([]);
    expect(await codeOf(connectTls(proxy.tlsPort, { servername: "one.test" }))).toMatch(/HANDSHAKE_FAILURE/);
    expect((await request(proxy.url)).status).toBe(200);
  });

  test("one that does not open is told and left out; the others serve", async () => {
    const node = await startNode();
    const proxy = await tlsProxyFor([node], offered);
    const { tls } = proxy.server;
    const other = await tlsProxyFor([node], []);
    proxy.faults.length = 0;
    const foreign = snapshotOf(other.key, [{ certificate: certificateFor("lost.test") }]);
    const own = snapshotOf(proxy.key, offered);
    tls.setCertificates({ check: null, certificates: [...foreign.certificates, ...own.certificates] });
    expect(proxy.faults).toEqual([
      { certificate: "certificate 0", cause: expect.objectContaining({ code: "wrong-key" }) },
    ]);
    expect(await shownFor(proxy.tlsPort, "lost.test")).toBe("api.test");
  });

  test("a replaced one is shown to new connections, while an old one goes on", async () => {
    const node = await startNode();
    const proxy = await tlsProxyFor([node], offered);
    const old = await connectTls(proxy.tlsPort, { servername: "api.test" });
    const { fingerprint256 } = old.getPeerCertificate();
    expect(await exchange(old, GET, "ok")).toContain("HTTP/1.1 200");
    proxy.offer([{ certificate: certificateFor("api.test") }]);
    const fresh = await connectTls(proxy.tlsPort, { servername: "api.test" });
    expect(fresh.getPeerCertificate().fingerprint256).not.toBe(fingerprint256);
    expect(await exchange(fresh, GET, "ok")).toContain("HTTP/1.1 200");
    expect(await exchange(old, GET, "ok")).toContain("HTTP/1.1 200");
  });
});

describe("what is agreed to", () => {
  test("is TLS 1.2 and 1.3, or 1.3 alone where that is asked for; older ones get an alert", async () => {
    const node = await startNode();
    const { tlsPort, configure } = await tlsProxyFor([node], offered);
    const upTo = (maxVersion: "TLSv1.1" | "TLSv1.2" | "TLSv1.3") =>
      connectTls(tlsPort, { minVersion: "TLSv1", maxVersion, ciphers: "DEFAULT@SECLEVEL=0" });
    expect(await codeOf(upTo("TLSv1.1"))).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
    expect((await upTo("TLSv1.2")).getProtocol()).toBe("TLSv1.2");
    expect((await upTo("TLSv1.3")).getProtocol()).toBe("TLSv1.3");
    configure({ minVersion: "TLSv1.3" });
    expect(await codeOf(upTo("TLSv1.2"))).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
  });

  test("has forward secrecy and authenticated encryption: what has not is refused", async () => {
    const node = await startNode();
    const rsa = makeCertificate({ names: ["rsa.test"], rsaBits: 2_048 });
    const { tlsPort } = await tlsProxyFor([node], [{ certificate: rsa, isDefault: true }]);
    const withCipher = (ciphers: string) =>
      connectTls(tlsPort, { maxVersion: "TLSv1.2", ciphers: `${ciphers}@SECLEVEL=0` });
    for (const weak of ["AES128-SHA", "AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"])
      expect([weak, await codeOf(withCipher(weak))]).toEqual([weak, "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE"]);
    expect((await withCipher("ECDHE-RSA-AES128-GCM-SHA256")).getCipher().name).toBe("ECDHE-RSA-AES128-GCM-SHA256");
  });

  test("is HTTP/2 or HTTP/1.1, as is asked for, and HTTP/1.1 for who asks for nothing; other wishes get an alert", async () => {
    const node = await startNode();
    const { tlsPort } = await tlsProxyFor([node], offered);
    const agreed = async (...ALPNProtocols: string[]) => (await connectTls(tlsPort, { ALPNProtocols })).alpnProtocol;
    expect(await agreed("http/1.1")).toBe("http/1.1");
    expect(await agreed("http/1.1", "h2")).toBe("h2");
    expect((await connectTls(tlsPort)).alpnProtocol).toBe(false);
    expect(await codeOf(connectTls(tlsPort, { ALPNProtocols: ["spdy/3"] }))).toMatch(/NO_APPLICATION_PROTOCOL/);
  });
});

describe("a session", () => {
  const sessionOf = async (port: number, maxVersion: "TLSv1.2" | "TLSv1.3") => {
    const socket = await connectTls(port, { maxVersion, servername: "api.test" });
    const session = maxVersion === "TLSv1.3" ? ((await once(socket, "session"))[0] as Buffer) : socket.getSession();
    socket.destroy();
    return session as Buffer;
  };
  const resumes = async (port: number, session: Buffer, maxVersion: "TLSv1.2" | "TLSv1.3") => {
    const socket = await connectTls(port, { session, maxVersion, servername: "api.test" });
    expect(await exchange(socket, GET, "ok")).toContain("HTTP/1.1 200");
    return socket.isSessionReused();
  };

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "of %s is resumed by a sibling with the same key only",
    async (version) => {
      const node = await startNode();
      const first = await tlsProxyFor([node], offered);
      const sibling = await tlsProxyFor([node], offered, { key: first.key });
      const stranger = await tlsProxyFor([node], offered);
      expect(await resumes(first.tlsPort, await sessionOf(first.tlsPort, version), version)).toBe(true);
      expect(await resumes(sibling.tlsPort, await sessionOf(first.tlsPort, version), version)).toBe(true);
      expect(await resumes(stranger.tlsPort, await sessionOf(first.tlsPort, version), version)).toBe(false);
    },
  );

  test.each(["TLSv1.2", "TLSv1.3"] as const)("of %s from before is no way around a certificate", async (version) => {
    const node = await startNode();
    const { tlsPort, configure } = await tlsProxyFor([node], offered);
    const session = await sessionOf(tlsPort, version);
    configure({ clientAuth: "required", clientAuthorities: authority.cert });
    expect(await codeOf(resumes(tlsPort, session, version))).not.toBe("agreed");
    expect(node.hits).toBe(0);
  });
});

describe("mutual TLS", () => {
  const client = makeCertificate({ commonName: "älice", organisation: "Example, Inc.", issuer: authority });
  const stranger = makeCertificate({ commonName: "mallory" });
  const shown = ({ cert, key }: typeof client) => ({ cert, key });
  const told = (headers: http.IncomingHttpHeaders) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-client-cert-")));
  const CLAIMS = {
    "X-Client-Cert-Subject": "CN=admin",
    "x-client-cert-fingerprint": "00",
    "X-Client-Cert-Serial": "1",
    "X-Client-Cert-Issuer": "CN=me",
    "X-Client-Cert-Not-After": "never",
  };

  test("required: without a trusted certificate no request gets through; with one the nodes are told whose", async () => {
    const node = await startNode();
    const settings = { clientAuth: "required", clientAuthorities: authority.cert };
    const { tlsPort } = await tlsProxyFor([node], offered, { settings });
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      expect(await codeOf(requestTls(tlsPort, { maxVersion }))).not.toBe("agreed");
      expect(await codeOf(requestTls(tlsPort, { maxVersion, ...shown(stranger) }))).not.toBe("agreed");
    }
    expect(node.hits).toBe(0);
    const { status } = await requestTls(tlsPort, { ...shown(client), headers: CLAIMS });
    expect(status).toBe(200);
    expect(told(node.requests[0]?.headers ?? {})).toEqual({
      "x-client-cert-subject": "CN=\\C3\\A4lice,O=Example\\, Inc.",
      "x-client-cert-issuer": "CN=Test Authority",
      "x-client-cert-serial": expect.stringMatching(/^[0-9A-F]{32}$/),
      "x-client-cert-fingerprint": expect.stringMatching(/^[0-9a-f]{64}$/),
      "x-client-cert-not-after": expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  test("optional: a trusted certificate is told, none or another is not, and no claim of the client's ever is", async () => {
    const node = await startNode();
    const settings = { clientAuth: "optional", clientAuthorities: authority.cert };
    const { tlsPort } = await tlsProxyFor([node], offered, { settings });
    for (const options of [{}, shown(stranger), shown(client)])
      expect((await requestTls(tlsPort, { ...options, headers: CLAIMS })).status).toBe(200);
    const seen = node.requests.map(({ headers }) => told(headers)["x-client-cert-subject"]);
    expect(seen).toEqual([undefined, undefined, "CN=\\C3\\A4lice,O=Example\\, Inc."]);
  });

  test("off: nobody is asked, and what clients claim is dropped, clear or under TLS", async () => {
    const node = await startNode();
    const { tlsPort, url } = await tlsProxyFor([node], offered);
    await requestTls(tlsPort, { ...shown(client), headers: CLAIMS });
    await request(url, { headers: CLAIMS });
    expect(node.requests.map(({ headers }) => told(headers))).toEqual([{}, {}]);
  });
});
