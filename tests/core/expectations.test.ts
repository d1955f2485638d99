import { describe, expect, test } from "vitest";
import { readCheckDetail } from "#lib/contracts/check-detail.ts";
import { Expectation, HealthCheck, JSON_PATH } from "#lib/contracts/config.ts";
import { compileExpectations } from "#lib/core/expectations.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import { textsOf } from "#lib/i18n/translate.ts";

const judge = (expected: unknown[], body: string, headers: Record<string, string> = {}, isCut = false) =>
  compileExpectations(expected.map((one) => Expectation.parse(one)))({
    header: (name) => headers[name] ?? null,
    body,
    isCut,
  });
const STATUS = '{"status": "degraded", "queue": 12, "items": [{"a b": null}], "on": true}';

describe("what a business check expects", () => {
  test.each<[object, string | null]>([
    [{ kind: "body-contains", text: "degraded" }, null],
    [{ kind: "body-contains", text: "up" }, 'body: does not contain "up"'],
    [{ kind: "body-matches", pattern: '"queue":\\s*\\d+' }, null],
    [{ kind: "body-matches", pattern: "^ok$" }, "body: does not match /^ok$/"],
    [{ kind: "json-exists", path: "$.items[0]" }, null],
    [{ kind: "json-exists", path: '$.items[0]["a b"]' }, null],
    [{ kind: "json-exists", path: "$.items[1]" }, "body: $.items[1] is missing"],
    [{ kind: "json-exists", path: "$.constructor" }, "body: $.constructor is missing"],
    [{ kind: "json-exists", path: "$.items.length" }, "body: $.items.length is missing"],
    [{ kind: "json-equals", path: "$.status", value: "ok" }, 'body: $.status is "degraded", expected "ok"'],
    [{ kind: "json-equals", path: "$.on", value: true }, null],
    [{ kind: "json-equals", path: '$.items[0]["a b"]', value: null }, null],
    [{ kind: "json-equals", path: "$.queue", value: "12" }, 'body: $.queue is 12, expected "12"'],
    [{ kind: "json-equals", path: "$.items", value: "x" }, 'body: $.items is a list, expected "x"'],
    [{ kind: "json-differs", path: "$.status", value: "down" }, null],
    [
      { kind: "json-differs", path: "$.status", value: "degraded" },
      'body: $.status is "degraded", expected other than "degraded"',
    ],
    [{ kind: "json-above", path: "$.queue", value: 11.5 }, null],
    [{ kind: "json-above", path: "$.queue", value: 12 }, "body: $.queue is 12, expected above 12"],
    [{ kind: "json-below", path: "$.queue", value: 12 }, "body: $.queue is 12, expected below 12"],
    [{ kind: "json-below", path: "$.status", value: 12 }, 'body: $.status is "degraded", expected below 12'],
    [{ kind: "header-equals", name: "X-Ready", value: "yes" }, null],
    [{ kind: "header-equals", name: "x-ready", value: "no" }, 'header x-ready: is "yes", expected "no"'],
    [{ kind: "header-matches", name: "x-ready", pattern: "^y" }, null],
    [{ kind: "header-matches", name: "x-ready", pattern: "n" }, 'header x-ready: is "yes", expected to match /n/'],
    [{ kind: "header-equals", name: "x-other", value: "" }, "header x-other: is missing"],
  ])("%j: %s", (expected, detail) => {
    const found = judge([expected], STATUS, { "x-ready": "yes" });
    expect(found && detailText(textsOf("en").status, found.detail)).toBe(detail);
    // What is kept is a code and its values, which every language words.
    if (found) expect(readCheckDetail(found.detail)).not.toBeNull();
  });

  test("all must hold, and the first that does not is told", () => {
    const expected = [
      { kind: "body-contains", text: "status" },
      { kind: "json-equals", path: "$.status", value: "ok" },
      { kind: "body-contains", text: "nothing of it" },
    ];
    expect(judge(expected, STATUS)).toMatchObject({ reason: "json-mismatch" });
  });

  test.each([
    ["", "json-invalid"],
    ["<html>", "json-invalid"],
    ['{"status": "ok"', "json-invalid"],
    [`${"[".repeat(100_000)}`, "json-invalid"],
  ])("a body that is not JSON fails: %j", (body, reason) => {
    expect(judge([{ kind: "json-exists", path: "$" }], body.slice(0, 65_536))).toMatchObject({ reason });
  });

  test("JSON that was cut is not judged, text is judged by what was read", () => {
    expect(judge([{ kind: "json-exists", path: "$" }], "{}", {}, true)).toMatchObject({ reason: "body-too-large" });
    expect(judge([{ kind: "body-contains", text: "{" }], "{}", {}, true)).toBeNull();
  });

  test("a detail is short and free of control characters, whatever the node sends", () => {
    const body = JSON.stringify({ status: `\u0007${"x".repeat(10_000)}` });
    const { detail = "" } = judge([{ kind: "json-equals", path: "$.status", value: "ok" }], body) ?? {};
    expect(detail.length).toBeLessThan(200);
    expect([...detail].every((char) => char >= " ")).toBe(true);
  });

  test.each(["$.", "status", "$..a", "$[*]", "$.a[-1]", "$[?(@.a)]", '$["a'])("%j is no path", (path) => {
    expect(JSON_PATH.test(path)).toBe(false);
  });
});

describe("the settings of a health check", () => {
  test("of an old document are what they were, and mean it for every level that is on", () => {
    const old = {
      enabled: true,
      intervalMs: 1_000,
      timeoutMs: 200,
      fall: 2,
      rise: 1,
      http: { enabled: true, method: "GET", path: "/up", statuses: [{ from: 200, to: 204 }] },
    };
    const parsed = HealthCheck.parse(old);
    expect(parsed).toMatchObject(old);
    expect(parsed).toMatchObject({ changingIntervalFactor: 1, downIntervalFactor: 1, jitterRatio: 0.1 });
    expect(parsed.http).toMatchObject({ intervalMs: null, timeoutMs: null, host: "", headers: {}, body: "" });
    expect([parsed.tcp.enabled, parsed.business.enabled, parsed.grpc.enabled]).toEqual([true, false, false]);
  });

  const faults = (input: object) => HealthCheck.safeParse(input).error?.issues.map((issue) => issue.path.join("."));
  test.each<[string, object, string]>([
    ["no level is on", { tcp: { enabled: false }, http: { enabled: false } }, "tcp.enabled"],
    ["a body goes with GET", { http: { body: "{}" } }, "http.body"],
    ["a header is the check's own", { http: { headers: { "Content-Length": "3" } } }, "http.headers.content-length"],
    ["a header has a line break", { http: { headers: { a: "b\r\nc: d" } } }, "http.headers.a"],
    ["a host has a slash", { business: { host: "a/b" } }, "business.host"],
    [
      "a pattern could run for ever",
      { business: { expect: [{ kind: "body-matches", pattern: "(a)\\1" }] } },
      "business.expect.0.pattern",
    ],
    [
      "HEAD is to bring a body",
      { business: { enabled: true, method: "HEAD", expect: [{ kind: "body-contains", text: "x" }] } },
      "business.method",
    ],
  ])("are refused when %s", (_, input, path) => {
    expect(faults(input)).toEqual([path]);
  });
});
