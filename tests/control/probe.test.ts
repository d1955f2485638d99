import dns from "node:dns";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { HealthCheck } from "#lib/contracts/config.ts";
import { probe } from "#workers/probes/probe.ts";

const servers: net.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: net.Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const raw = (answer: string) =>
  listening(
    net.createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(answer));
    }),
  );
const check = (url: string, settings: object = {}) =>
  probe({ url, check: HealthCheck.parse({ timeoutMs: 300, ...settings }) }, dns.lookup);

describe("a check", () => {
  test("passes on any status below 500 and asks for the path below the node's base path, without keep-alive", async () => {
    const asked: string[] = [];
    const url = await listening(
      http.createServer((request, response) => {
        asked.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers.connection}`);
        response.writeHead(404).end("x".repeat(200_000));
      }),
    );
    const result = await check(`${url}/v1`, { http: { path: "/ping?deep=1", method: "GET" } });
    expect(result).toMatchObject({ passed: true, reason: "ok" });
    expect(asked).toEqual([`GET /v1/ping?deep=1 ${url.slice(7)} close`]);
  });

  test("names the status that made it fail", async () => {
    const url = await listening(http.createServer((_, response) => response.writeHead(503).end()));
    expect(await check(url)).toMatchObject({ passed: false, reason: "status-503" });
  });

  test("accepts only the statuses it was told to accept", async () => {
    const url = await listening(http.createServer((_, response) => response.writeHead(401).end()));
    const strict = { http: { statuses: [{ from: 200, to: 299 }] } };
    expect(await check(url, strict)).toMatchObject({ passed: false, reason: "status-401" });
  });

  test("passes over interim answers", async () => {
    const url = await raw("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    expect(await check(url)).toMatchObject({ passed: false, reason: "status-500" });
  });

  test.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", "not-http"],
    ["HTTP/2.0 200 OK\r\n\r\n", "not-http"],
    ["HTTP/1.1 999 Odd\r\n\r\n", "not-http"],
    [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}`, "not-http"],
    ["HTTP/1.1 200 OK\r\n", "closed-without-answer"],
    ["", "closed-without-answer"],
  ])("fails on %j", async (answer, reason) => {
    expect(await check(await raw(answer))).toMatchObject({ passed: false, reason });
  });

  test("fails with connect-refused where nobody listens", async () => {
    const server = net.createServer();
    const url = await listening(server);
    server.close();
    expect(await check(url)).toMatchObject({ passed: false, reason: "connect-refused" });
  });

  test("gives up on a node that accepts and says nothing when its time is over", async () => {
    const url = await listening(net.createServer((socket) => socket.on("error", () => {})));
    const result = await check(url, { timeoutMs: 120 });
    expect(result).toMatchObject({ passed: false, reason: "http-timeout" });
    expect(result.latencyMs).toBeGreaterThanOrEqual(119);
    expect(result.latencyMs).toBeLessThan(1_000);
  });

  test("a TCP check passes on the connection alone", async () => {
    const url = await listening(net.createServer((socket) => socket.on("error", () => {})));
    expect(await check(url, { http: { enabled: false } })).toMatchObject({ passed: true, reason: "ok" });
  });

  test("refuses a certificate that is not to be trusted, and speech that is no TLS", async () => {
    const url = await raw("HTTP/1.1 200 OK\r\n\r\n");
    expect(await check(url.replace("http:", "https:"))).toMatchObject({ passed: false, reason: "tls-failed" });
  });

  test("hangs up on an endless answer once it knows enough", async () => {
    let closed: (() => void) | undefined;
    const over = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const url = await listening(
      http.createServer((_, response) => {
        response.on("close", () => closed?.());
        const pour = () => {
          while (response.write("z".repeat(16_384)));
          response.once("drain", pour);
        };
        pour();
      }),
    );
    expect(await check(url)).toMatchObject({ passed: true });
    await over;
  });
});
