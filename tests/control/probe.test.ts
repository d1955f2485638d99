import dns from "node:dns";
import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { type CheckLevel, HealthCheck, NodeTlsSettings } from "#lib/contracts/config.ts";
import { probe } from "#workers/probes/probe.ts";
import { targetOf } from "#workers/probes/target.ts";
import { listening, quiet, raw, SELF_SIGNED, stopAll, whenClosed } from "./probe-servers.ts";

afterEach(stopAll);

/** Verdicts by level, of all levels that are on. */
async function check(url: string, settings: object = {}) {
  const healthCheck = HealthCheck.parse({ timeoutMs: 300, ...settings });
  const target = targetOf(
    { id: "00000000-0000-4000-8000-000000000001", url },
    { healthCheck, tls: NodeTlsSettings.parse({}) },
  );
  const levels = target.plan.levels.map(({ level }) => level);
  const verdicts = await probe(target, levels, dns.lookup);
  expect(verdicts.map(({ level }) => level)).toEqual(levels);
  return Object.fromEntries(verdicts.map((verdict) => [verdict.level, verdict])) as Record<
    CheckLevel,
    (typeof verdicts)[number]
  >;
}
const business = (expected: object[], more: object = {}) => ({
  http: { enabled: false },
  business: { enabled: true, expect: expected, ...more },
});
const hello = { kind: "body-contains", text: "hello" };

describe("the HTTP level", () => {
  test("passes on any status below 500 and asks for the path below the node's base path, without keep-alive", async () => {
    const asked: string[] = [];
    const url = await listening(
      http.createServer((request, response) => {
        asked.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers.connection}`);
        response.writeHead(404).end("x".repeat(200_000));
      }),
    );
    const result = await check(`${url}/v1`, { http: { path: "/ping?deep=1", method: "GET" } });
    expect(result.http).toMatchObject({ ok: true, reason: "ok" });
    expect(result.tcp).toMatchObject({ ok: true, reason: "ok" });
    expect(asked).toEqual([`GET /v1/ping?deep=1 ${url.slice(7)} close`]);
  });

  test("names the status that made it fail, and what was expected", async () => {
    const url = await listening(http.createServer((_, response) => response.writeHead(503).end()));
    const detail = 'http-status found=503 ranges="100–499"';
    expect((await check(url)).http).toMatchObject({ ok: false, reason: "status-503", detail });
    const strict = await check(url, {
      http: {
        statuses: [
          { from: 200, to: 200 },
          { from: 301, to: 302 },
        ],
      },
    });
    expect(strict.http.detail).toBe('http-status found=503 ranges="200, 301–302"');
    expect(strict.tcp).toMatchObject({ ok: true });
  });

  test("sends the host, headers and body it was told to", async () => {
    const asked: unknown[] = [];
    const url = await listening(
      http.createServer(async (request, response) => {
        const body = await new Response(request as unknown as ReadableStream).text();
        asked.push([
          request.method,
          request.headers.host,
          request.headers["x-key"],
          request.headers["content-type"],
          body,
        ]);
        response.end();
      }),
    );
    const settings = { method: "POST", host: "api.example.org", headers: { "X-Key": "s3" }, body: '{"é":1}' };
    expect((await check(url, { http: settings })).http.ok).toBe(true);
    expect(asked).toEqual([["POST", "api.example.org", "s3", "application/json", '{"é":1}']]);
  });

  test("passes over interim answers", async () => {
    const url = await raw("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    expect((await check(url)).http).toMatchObject({ ok: false, reason: "status-500" });
  });

  test.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", "not-http"],
    ["HTTP/2.0 200 OK\r\n\r\n", "not-http"],
    ["HTTP/1.1 999 Odd\r\n\r\n", "not-http"],
    [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}`, "not-http"],
    ["HTTP/1.1 200 OK\r\n", "closed-without-answer"],
    ["", "closed-without-answer"],
  ])("fails on %j", async (answer, reason) => {
    expect((await check(await raw(answer))).http).toMatchObject({ ok: false, reason });
  });

  test("hangs up on an endless answer once it knows enough", async () => {
    const url = await listening(
      http.createServer((_, response) => {
        const pour = () => {
          while (response.write("z".repeat(16_384)));
          response.once("drain", pour);
        };
        pour();
      }),
    );
    expect((await check(url)).http).toMatchObject({ ok: true });
    await whenClosed();
  });
});

describe("the TCP level", () => {
  const alone = { http: { enabled: false } };

  test("passes on the connection alone, and leaves none behind", async () => {
    expect((await check(await quiet(), alone)).tcp).toMatchObject({ ok: true, reason: "ok" });
    await whenClosed();
  });

  test("fails every level at once where nobody listens, and tries no second time", async () => {
    const server = net.createServer();
    const url = await listening(server);
    server.close();
    const result = await check(url, { grpc: { enabled: true }, business: { enabled: true, path: "/deep" } });
    for (const level of ["tcp", "http", "business", "grpc"] as const)
      expect(result[level]).toMatchObject({ ok: false, reason: "connect-refused" });
  });

  test("refuses speech that is no TLS", async () => {
    const url = (await raw("HTTP/1.1 200 OK\r\n\r\n")).replace("http:", "https:");
    expect((await check(url, alone)).tcp).toMatchObject({ ok: false, reason: "tls-failed" });
  });

  test("refuses a certificate that is not to be trusted", async () => {
    const url = await listening(tls.createServer(SELF_SIGNED));
    expect((await check(url.replace("http:", "https:"))).tcp).toMatchObject({
      ok: false,
      reason: "certificate-untrusted",
    });
  });

  test("gives up on a TLS handshake that hangs", async () => {
    const url = (await quiet()).replace("http:", "https:");
    expect((await check(url, { timeoutMs: 120 })).tcp).toMatchObject({ ok: false, reason: "tls-timeout" });
    await whenClosed();
  });
});

describe("the business level", () => {
  const answering = (body: string | Buffer, headers: Record<string, string> = {}, status = 200) =>
    listening(http.createServer((_, response) => response.writeHead(status, headers).end(body)));

  test("passes when all it expects holds, whatever frames the body", async () => {
    const framed = [
      "Content-Length: 5\r\n\r\nhello",
      "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
      "\r\nhello",
    ];
    for (const rest of framed) {
      const url = await raw(`HTTP/1.1 200 OK\r\n${rest}`);
      const expected = [{ kind: "body-matches", pattern: "^hello$" }];
      expect((await check(url, business(expected))).business).toMatchObject({ ok: true, reason: "ok" });
    }
  });

  test("reads the same answer as the HTTP level when both ask the same", async () => {
    let hits = 0;
    const url = await listening(
      http.createServer((_, response) => {
        hits++;
        response.end("degraded");
      }),
    );
    const result = await check(url, { business: { enabled: true, expect: [hello] } });
    expect(result.http.ok).toBe(true);
    expect(result.business).toMatchObject({ ok: false, reason: "body-text-missing" });
    expect(hits).toBe(1);
    await check(url, { business: { enabled: true, path: "/deep", expect: [hello] } });
    expect(hits).toBe(3);
  });

  test("judges headers and JSON, and says what it found", async () => {
    const url = await answering('{"status":"degraded"}', { "X-Ready": "no" });
    const status = { kind: "json-equals", path: "$.status", value: "ok" };
    expect((await check(url, business([status]))).business).toMatchObject({
      reason: "json-mismatch",
      detail: 'json-equals path="$.status" found="degraded" expected="ok"',
    });
    const header = { kind: "header-equals", name: "x-ready", value: "yes" };
    expect((await check(url, business([header]))).business).toMatchObject({
      reason: "header-mismatch",
      detail: 'header-differs name="x-ready" found="no" expected="yes"',
    });
  });

  test.each<[string, string | Buffer, object, string]>([
    ["wrong text", "bye", hello, "body-text-missing"],
    ["no JSON", "hello", { kind: "json-exists", path: "$" }, "json-invalid"],
    ["JSON without the member", "{}", { kind: "json-exists", path: "$.a" }, "json-missing"],
    [
      "JSON too large to be read whole",
      `{"a":"${"x".repeat(70_000)}"}`,
      { kind: "json-exists", path: "$.a" },
      "body-too-large",
    ],
    ["bytes that are no UTF-8", Buffer.from([0xff, 0xfe]), hello, "body-text-missing"],
  ])("fails on %s", async (_, body, expected, reason) => {
    expect((await check(await answering(body), business([expected]))).business).toMatchObject({ ok: false, reason });
  });

  test("looks for text within its bound and no further, and hangs up there", async () => {
    const url = await answering(`${"x".repeat(65_531)}hello${"y".repeat(2_000_000)}`);
    expect((await check(url, business([hello]))).business).toMatchObject({ ok: true });
    expect((await check(url, business([hello], { maxBodyBytes: 65_535 }))).business).toMatchObject({ ok: false });
    await whenClosed();
  });

  test("judges the status before the body", async () => {
    const url = await answering("hello", {}, 204);
    const strict = business([hello], { statuses: [{ from: 200, to: 200 }] });
    expect((await check(url, strict)).business).toMatchObject({
      reason: "status-204",
      detail: 'http-status found=204 ranges="200"',
    });
  });

  test("does not guess at a coding it did not ask for", async () => {
    const url = await answering("hello", { "Content-Encoding": "gzip" });
    expect((await check(url, business([hello]))).business).toMatchObject({ ok: false, reason: "body-encoded" });
  });

  test.each([
    ["Content-Length: 10\r\n\r\nhello", "answer-truncated"],
    ["Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "answer-truncated"],
    ["Transfer-Encoding: chunked\r\n\r\nzz\r\nhello", "bad-answer"],
    ["Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "bad-answer"],
  ])("fails on a body that breaks its framing: %j", async (rest, reason) => {
    expect((await check(await raw(`HTTP/1.1 200 OK\r\n${rest}`), business([hello]))).business).toMatchObject({
      ok: false,
      reason,
    });
  });

  test("gives up on a body that drips beyond its time", async () => {
    const url = await listening(
      http.createServer((_, response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write("x"), 10);
        response.on("close", () => clearInterval(drip));
      }),
    );
    const result = await check(url, { timeoutMs: 200, business: { enabled: true, expect: [hello] } });
    expect(result.http).toMatchObject({ ok: true });
    expect(result.business).toMatchObject({ ok: false, reason: "body-timeout" });
    await whenClosed();
  });
});

describe("time", () => {
  test("is over for a node that accepts and says nothing", async () => {
    const result = await check(await quiet(), { timeoutMs: 120 });
    expect(result.http).toMatchObject({ ok: false, reason: "http-timeout" });
    expect(result.http.latencyMs).toBeGreaterThanOrEqual(119);
    expect(result.tcp).toMatchObject({ ok: true });
    await whenClosed();
  });

  test("is each level's own", async () => {
    const settings = { http: { timeoutMs: 60 }, business: { enabled: true, timeoutMs: 200, expect: [hello] } };
    const result = await check(await quiet(), settings);
    expect(result.http.latencyMs).toBeGreaterThanOrEqual(59);
    expect(result.business.latencyMs).toBeGreaterThanOrEqual(199);
  });

  test("a reset is told as one, at whatever stage", async () => {
    const url = await listening(net.createServer((socket) => socket.once("data", () => socket.resetAndDestroy())));
    expect((await check(url)).http).toMatchObject({ ok: false, reason: "connection-reset" });
    const halfway = await listening(
      net.createServer((socket) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        socket.once("data", () => setImmediate(() => socket.resetAndDestroy()));
      }),
    );
    expect((await check(halfway, business([hello]))).business).toMatchObject({ ok: false, reason: "connection-reset" });
  });
});
