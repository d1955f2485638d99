import { describe, expect, it } from "vitest";
import { otlpTraces, rejectedSpans } from "#lib/core/tracing/otlp-json.ts";
import { fateOf, MAX_TRIES } from "#lib/core/tracing/resend.ts";
import { nanoOf, type Span, spansOf } from "#lib/core/tracing/spans.ts";
import { requestAttempt, requestRecord } from "#tests/support/requests.ts";

const IDS = {
  traceId: "t".repeat(32),
  spanId: "server",
  parentSpanId: "parent",
  traceState: "a=1",
  scheme: "https",
} as const;
const NAMES = {
  route: () => "/v1",
  pool: () => "api",
  node: (id: string) =>
    id === "n2" ? { name: "b", url: "http://[::1]:8080/base/" } : { name: "a", url: "https://a.test" },
};

describe("the spans of a request", () => {
  const failed = requestAttempt("n1", { startMs: 0, endMs: 2.5 });
  const well = requestAttempt("n2", {
    ...{
      startMs: 3,
      reused: true,
      sentMs: 3.25,
      firstByteMs: 9,
      endMs: 10,
      status: 200,
      cause: "ok",
      counts: "success" as const,
    },
  });
  const record = requestRecord({
    status: 200,
    code: null,
    cause: "ok",
    host: "api.test",
    query: "?q=…",
    attempts: [failed, well],
  });
  const [server, first, second] = spansOf(record, { ...IDS, attemptIds: ["s1", "s2"] }, NAMES, false) as [
    Span,
    Span,
    Span,
  ];

  it("are one of the server with its parent, and one of the client for each attempt within it", () => {
    expect([server.kind, server.spanId, server.parentSpanId, server.name]).toEqual([
      "server",
      "server",
      "parent",
      "GET /v1",
    ]);
    expect([first, second].map(({ kind, spanId, parentSpanId }) => [kind, spanId, parentSpanId])).toEqual([
      ["client", "s1", "server"],
      ["client", "s2", "server"],
    ]);
    expect([server.isError, first.isError, second.isError]).toEqual([false, true, false]);
  });

  it("have the names of the conventions, and no client's address unless it is wanted", () => {
    expect(server.attributes).toMatchObject({
      ...{
        "http.request.method": "GET",
        "url.scheme": "https",
        "url.path": "/v1/chat",
        "url.query": "q=…",
        "http.route": "/v1",
      },
      ...{
        "server.address": "api.test",
        "server.port": 443,
        "http.response.status_code": 200,
        "network.protocol.version": "1.1",
      },
    });
    expect(server.attributes).not.toHaveProperty("client.address");
    expect(server.attributes).not.toHaveProperty("error.type");
    expect(first.attributes).toMatchObject({
      "error.type": "connect-refused",
      "gb.attempt.kind": "first",
      "server.port": 443,
    });
    expect(second.attributes).toMatchObject({
      ...{ "gb.attempt.kind": "retry", "http.request.resend_count": 1, "server.address": "::1", "server.port": 8080 },
      ...{ "url.full": "http://[::1]:8080/base/v1/chat?q=…", "gb.node.name": "b", "gb.connection.reused": true },
    });
  });

  it("have the times of the attempt and of its phases, to the microsecond", () => {
    expect(second.startUnixNano).toBe(nanoOf(record.atMs, 3));
    expect(second.events.map(({ name }) => name)).toEqual(["request sent", "first byte"]);
    expect(nanoOf(1_700_000_000_000, 3.25)).toBe("1700000000003250000");
    expect(nanoOf(1_700_000_000_000, 0.001)).toBe("1700000000000001000");
  });

  it("of a method that nobody knows have a name that everybody knows", () => {
    const odd = spansOf(
      requestRecord({ method: "BREW" }),
      { ...IDS, attemptIds: [] },
      { ...NAMES, route: () => null },
      true,
    );
    expect(odd[0]).toMatchObject({ name: "HTTP", isError: true });
    expect(odd[0]?.attributes).toMatchObject({
      "http.request.method": "_OTHER",
      "http.request.method_original": "BREW",
    });
    expect(odd[0]?.attributes["client.address"]).toBe("192.0.2.7");
  });

  it("are written as OTLP's JSON: numbers of 64 bits as text, kinds as numbers", () => {
    const { resourceSpans } = JSON.parse(otlpTraces([server, first], { "service.name": "gb" }, "1"));
    expect(resourceSpans[0].resource.attributes).toEqual([{ key: "service.name", value: { stringValue: "gb" } }]);
    const [one, two] = resourceSpans[0].scopeSpans[0].spans;
    expect(one).toMatchObject({ kind: 2, parentSpanId: "parent", traceState: "a=1", flags: 1, status: {} });
    expect(two).toMatchObject({ kind: 3, status: { code: 2 } });
    expect(one.attributes).toContainEqual({ key: "http.response.status_code", value: { intValue: "200" } });
    expect(typeof one.startTimeUnixNano).toBe("string");
  });
});

describe("a batch that was sent", () => {
  const fate = (status: number, retryAfter: string | null = null, tries = 1) =>
    fateOf({ status, retryAfter }, tries, Date.UTC(2026, 0, 1), () => 1);

  it("is done, refused for good, or to be sent again, by its status", () => {
    expect([200, 202].map((status) => fate(status).is)).toEqual(["done", "done"]);
    expect([400, 401, 404, 413, 500, 302].map((status) => fate(status).is)).toEqual(Array(6).fill("refused"));
    expect([429, 502, 503, 504].map((status) => fate(status).is)).toEqual(Array(4).fill("again"));
    expect(fateOf(null, 1, 0, () => 1)).toEqual({ is: "again", inMs: 1_000 });
  });

  it("goes again when it is asked for, else later each time, and not for ever", () => {
    expect(fate(429, "7")).toEqual({ is: "again", inMs: 7_000 });
    expect(fate(503, "Thu, 01 Jan 2026 00:00:05 GMT")).toEqual({ is: "again", inMs: 5_000 });
    expect(fate(503, "86400")).toEqual({ is: "again", inMs: 300_000 });
    expect([1, 2, 3, 5].map((tries) => fate(503, null, tries))).toEqual(
      [1_000, 2_000, 4_000, 16_000].map((inMs) => ({ is: "again", inMs })),
    );
    expect(fate(503, "1", MAX_TRIES).is).toBe("refused");
  });

  it("may have been taken in part", () => {
    expect(rejectedSpans('{"partialSuccess":{"rejectedSpans":"3","errorMessage":"x"}}')).toBe(3);
    for (const text of ["", "{}", "null", '{"partialSuccess":{"rejectedSpans":-1}}', "<html>"])
      expect(rejectedSpans(text)).toBe(0);
  });
});
