import dns from "node:dns";
import http from "node:http";
import http2 from "node:http2";
import { afterEach, describe, expect, test } from "vitest";
import { HealthCheck, NodeTlsSettings, type Protocol } from "#lib/contracts/config.ts";
import { probe } from "#workers/probes/probe.ts";
import { targetOf } from "#workers/probes/target.ts";
import { listening, quiet, SELF_SIGNED, stopAll } from "./probe-servers.ts";

afterEach(stopAll);

/** Reasons and details, a line a level. */
async function check(url: string, protocol: Protocol, settings: object = {}) {
  const healthCheck = HealthCheck.parse({ timeoutMs: 500, ...settings });
  const tls = NodeTlsSettings.parse({ verify: false });
  const target = targetOf({ id: "00000000-0000-4000-8000-000000000001", url }, { healthCheck, tls, protocol });
  const levels = target.plan.levels.map(({ level }) => level);
  return (await probe(target, levels, dns.lookup)).map(({ level, reason }) => `${level} ${reason}`);
}

const answering = (status: number, body = "", asked: string[] = []) => {
  const server = http2.createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    asked.push(`${headers[":method"]} ${headers[":path"]} ${headers["user-agent"]}`);
    stream.respond({ ":status": status });
    stream.end(body);
  });
  return server;
};
const business = { business: { enabled: true, expect: [{ kind: "body-contains", text: "hello" }] } };

describe("a check of a pool that speaks HTTP/2", () => {
  test("speaks it too, and judges the status", async () => {
    const asked: string[] = [];
    const url = await listening(answering(404, "", asked));
    expect(await check(`${url}/base`, "h2c")).toEqual(["tcp ok", "http ok"]);
    expect(asked).toEqual(["GET /base/ gemini-balance-check"]);
    expect(await check(await listening(answering(503)), "h2c")).toEqual(["tcp ok", "http status-503"]);
  });

  test("judges what the answer holds", async () => {
    const good = await check(await listening(answering(200, "say hello")), "h2c", business);
    expect(good).toEqual(["tcp ok", "http ok", "business ok"]);
    const bad = await check(await listening(answering(200, "say nothing")), "h2c", business);
    expect(bad.slice(0, 2)).toEqual(["tcp ok", "http ok"]);
    expect(bad[2]).not.toBe("business ok");
  });

  test("speaks it under TLS", async () => {
    const server = http2.createSecureServer(SELF_SIGNED, (_request, response) => response.end("ok"));
    expect(await check(await listening(server), "h2")).toEqual(["tcp ok", "http ok"]);
  });

  test("fails with a node that does not, or says nothing", async () => {
    const one = await listening(http.createServer((_request, response) => response.end("ok")));
    expect((await check(one, "h2c"))[1]).toMatch(/^http (not-http2|closed-without-answer)$/);
    const silent = await quiet();
    expect((await check(silent, "h2c"))[1]).toBe("http http-timeout");
  });
});
