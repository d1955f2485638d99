// Sessions bound by the proxy's own cookie.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type http from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { SecretKey } from "#lib/store/sealing.ts";
import { makeCertificate } from "#tests/support/certificates.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { RawClient, request } from "./clients.ts";
import { connectHttp2, http2Request } from "./http2/clients.ts";
import { configOf, proxyFor, startNode, startProxy, type TestNode } from "./rig.ts";
import { asConfigured, Browser, COOKIE, namedNodes, pairOf } from "./sticky-rig.ts";
import { requestTls, tlsProxyFor } from "./tls-rig.ts";

afterEach(cleanUp);

const cookie = (settings: object) => ({ stickiness: { mode: "cookie", ...settings } });

describe("a cookie of the proxy's own", () => {
  test("keeps a session at one node, while sessions are spread over all", async () => {
    const { url } = await proxyFor(await namedNodes(3), COOKIE);
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const browser = new Browser();
      const { body } = await browser.get(url);
      for (let more = 0; more < 4; more++) expect((await browser.get(url)).body).toBe(body);
      seen.add(body);
    }
    expect([...seen].sort()).toEqual(["a", "b", "c"]);
  });

  test("is given once, is kept from nodes and from caches, and tells nothing of the node", async () => {
    const [node] = await namedNodes(1);
    const { url } = await proxyFor([node as TestNode], COOKIE);
    const browser = new Browser();
    const first = await browser.get(url);
    expect(first.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^srv_id=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(first.headers["cache-control"]).toBe("private");
    browser.cookies.set("theme", "dark");
    const second = await browser.get(url);
    expect(second.headers["set-cookie"]).toBeUndefined();
    expect(second.headers["cache-control"]).toBeUndefined();
    expect(node?.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, "theme=dark"]);
    for (const told of [node?.id, node?.url, String(node?.port)]) expect(pairOf(first)).not.toContain(told);
  });

  test("does not say private twice, nor where nothing is stored anyway", async () => {
    const values = ["no-store", "max-age=60, private", "max-age=60"];
    const node = await startNode((_request, response) => {
      response.setHeader("Cache-Control", values.shift() ?? "");
      response.end();
    });
    const { url } = await proxyFor([node], COOKIE);
    const told = async () => (await request(url)).headers["cache-control"];
    expect([await told(), await told(), await told()]).toEqual([
      "no-store",
      "max-age=60, private",
      "max-age=60, private",
    ]);
  });

  test("has the name and attributes that are set", async () => {
    const attributes = { name: "stick", domain: "example.org", path: "/app", sameSite: "strict", httpOnly: false };
    const { url } = await proxyFor(await namedNodes(1), cookie({ ...attributes, expiresMs: 60_000, secure: "always" }));
    const [given] = (await request(url)).headers["set-cookie"] ?? [];
    expect(given).toMatch(
      /^stick=[\w-]{22}\.\w+; Max-Age=60; Expires=\w{3}, .* GMT; Domain=example\.org; Path=\/app; SameSite=Strict; Secure$/,
    );
  });

  test("that browsers keep for a while is given anew past half its life", async () => {
    const { url } = await proxyFor(await namedNodes(3), cookie({ expiresMs: 3_600_000 }));
    const first = await request(url);
    const [mark = "", stamp = ""] = pairOf(first).slice("srv_id=".length).split(".");
    const at = Number.parseInt(stamp, 36);
    const given = async (value: string) => {
      const { body, headers } = await request(url, { headers: { cookie: `srv_id=${value}` } });
      expect(body).toBe(first.body);
      return headers["set-cookie"]?.length ?? 0;
    };
    expect(await given(`${mark}.${stamp}`)).toBe(0);
    expect(await given(`${mark}.${(at - 1_790).toString(36)}`)).toBe(0);
    expect(await given(`${mark}.${(at - 1_800).toString(36)}`)).toBe(1);
    expect(await given(`${mark}.${(at + 7_200).toString(36)}`)).toBe(1);
    expect(await given(`${mark}.rubbish!`)).toBe(1);
    expect(await given(mark)).toBe(1);
  });

  test.each([
    ["rubbish", "x".repeat(22)],
    ["a cut-off word", "abc"],
    ["nothing", ""],
    ["a word with more behind it", "word"],
  ])("that holds %s binds to no node, and is replaced", async (_what, value) => {
    const nodes = await namedNodes(2);
    const { url } = await proxyFor(nodes, COOKIE);
    const whole = pairOf(await request(url));
    const sent = value === "word" ? `${whole}x` : `srv_id=${value}`;
    const answers = await Promise.all([1, 2].map(() => request(url, { headers: { cookie: sent } })));
    expect(answers.map(({ body }) => body).sort()).toEqual(["a", "b"]);
    for (const answer of answers) expect(pairOf(answer)).toMatch(/^srv_id=[\w-]{22}$/);
    for (const node of nodes) for (const { headers } of node.requests) expect(headers.cookie).toBeUndefined();
  });

  test("is taken from all Cookie fields of a request, and the first that is good counts", async () => {
    const nodes = await namedNodes(2);
    const { url, port } = await proxyFor(nodes, COOKIE);
    const first = await request(url);
    const node = nodes.find((_, i) => first.body === String.fromCharCode(97 + i)) as TestNode;
    const text = `GET / HTTP/1.1\r\nHost: a\r\nCookie: x=1; srv_id=bad\r\ncookie: ${pairOf(first)}\r\nConnection: close\r\n\r\n`;
    const { received } = await new RawClient(port).send(text).closed();
    expect(received).not.toContain("Set-Cookie");
    expect(node.requests.at(-1)?.headers.cookie).toBe("x=1");
  });

  test("wins over a consistent hash", async () => {
    const pool = { algorithm: "consistent-hash", hashKey: { from: "path" }, ...COOKIE };
    const { url } = await proxyFor(await namedNodes(3), pool);
    const browser = new Browser();
    const { body } = await browser.get(url);
    for (let i = 0; i < 12; i++) expect((await browser.get(`${url}/${i}`)).body).toBe(body);
  });

  test("is the same from every proxy with the secret key, and another with another key", async () => {
    const nodes = await namedNodes(3);
    const config = configOf([{ nodes: asConfigured(nodes), ...COOKIE }]);
    const key = new SecretKey(randomBytes(32));
    const [one, two, other] = await Promise.all([
      startProxy(config, {}, { secretKey: key }),
      startProxy(config, {}, { secretKey: key }),
      startProxy(config, {}, { secretKey: new SecretKey(randomBytes(32)) }),
    ]);
    const first = await request((one as { url: string }).url);
    const headers = { cookie: pairOf(first) };
    for (let i = 0; i < 3; i++) {
      const again = await request((two as { url: string }).url, { headers });
      expect(again.body).toBe(first.body);
      expect(again.headers["set-cookie"]).toBeUndefined();
    }
    const moved = await request((other as { url: string }).url, { headers });
    expect(moved.status).toBe(200);
    expect(pairOf(moved)).toMatch(/^srv_id=/);
    expect(pairOf(moved)).not.toBe(pairOf(first));
  });

  test("binds a client of HTTP/2, whose cookies come in crumbs", async () => {
    const nodes = await namedNodes(2);
    const { port } = await proxyFor(nodes, COOKIE);
    const session = connectHttp2(port);
    const first = await http2Request(session, { ":path": "/" });
    const own = String(first.headers["set-cookie"]?.[0]).split(";")[0] ?? "";
    for (let i = 0; i < 4; i++) {
      const again = await http2Request(session, { ":path": "/", cookie: ["x=1", own, "y=2"] });
      expect(again.body).toBe(first.body);
      expect(again.headers["set-cookie"]).toBeUndefined();
    }
    const node = nodes[first.body.charCodeAt(0) - 97] as TestNode;
    expect(node.requests.at(-1)?.headers.cookie).toBe("x=1; y=2");
  });

  test("binds WebSockets, from the switch of protocols on", async () => {
    const nodes = await Promise.all(["a", "b"].map(() => startNode()));
    for (const [i, node] of nodes.entries()) {
      const sockets = new WebSocketServer({ server: node.server as http.Server });
      sockets.on("connection", (socket) => socket.send(String(i)));
      onCleanUp(() => void sockets.close());
    }
    const { url } = await proxyFor(nodes, COOKIE);
    const open = async (headers: Record<string, string> = {}) => {
      const socket = new WebSocket(url.replace("http:", "ws:"), { headers });
      onCleanUp(() => socket.terminate());
      const [[answer], [name]] = await Promise.all([once(socket, "upgrade"), once(socket, "message")]);
      return { answer: answer as http.IncomingMessage, name: String(name) };
    };
    const first = await open();
    const own = pairOf(first.answer);
    expect(own).toMatch(/^srv_id=/);
    for (let i = 0; i < 3; i++) {
      const again = await open({ cookie: own });
      expect(again.name).toBe(first.name);
      expect(again.answer.headers["set-cookie"]).toBeUndefined();
    }
  });

  test("is Secure for a client that came by TLS, here or at a trusted proxy, and for no other", async () => {
    const certificate = makeCertificate({ names: ["api.test"] });
    const [node] = await namedNodes(1);
    const proxy = await tlsProxyFor([node as TestNode], [{ certificate, isDefault: true }], { pool: COOKIE });
    const isSecure = (answer: { headers: http.IncomingHttpHeaders }) =>
      answer.headers["set-cookie"]?.[0]?.endsWith("; Secure");
    const claim = { headers: { "X-Forwarded-Proto": "https" } };
    expect(isSecure(await requestTls(proxy.tlsPort))).toBe(true);
    expect(isSecure(await request(proxy.url, claim))).toBe(false);
    const trusting = {
      ...proxy.config.document.proxy,
      forwarding: { trustedProxies: ["127.0.0.1"], sendForwarded: false },
    };
    proxy.server.applyConfig({ revision: 9, document: { ...proxy.config.document, proxy: trusting } });
    expect(isSecure(await request(proxy.url, claim))).toBe(true);
    expect(isSecure(await request(proxy.url))).toBe(false);
  });
});
