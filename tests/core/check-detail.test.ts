import fc from "fast-check";
import { expect, it } from "vitest";
import { CHECK_DETAILS, checkDetail, foundValue, longDetail, readCheckDetail } from "#lib/contracts/check-detail.ts";
import { parseExposition } from "#lib/core/resources/exposition.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import { textsOf } from "#lib/i18n/translate.ts";

const say = (language: "en" | "zh-CN", detail: string) => detailText(textsOf(language).status, detail);

it.each([
  ["http-status", { found: 503, ranges: "100–499" }, "HTTP 503, expected 100–499", "HTTP 503，期望 100–499"],
  [
    "json-equals",
    { path: "$.a", found: "12", expected: 12 },
    'body: $.a is "12", expected 12',
    '正文：$.a 为 "12"，期望 12',
  ],
  ["json-equals", { path: "$.a", found: [1], expected: true }, "body: $.a is a list, expected true", undefined],
  ["json-above", { path: "$.a", found: {}, expected: 1 }, undefined, "正文：$.a 为 对象，期望大于 1"],
  [
    "grpc-service-is",
    { service: "a.B", state: "NOT_SERVING" },
    undefined,
    "gRPC：服务 a.B 为 NOT_SERVING，期望 SERVING",
  ],
  ["answer-malformed", { what: "more than one Content-Length" }, undefined, "Content-Length 出现多次"],
  ["answer-malformed", { what: "something new" }, "something new", "something new"],
] as const)("%s %j is said in English and in Chinese", (code, values, en, zh) => {
  const detail = checkDetail(code, values);
  if (en !== undefined) expect(say("en", detail)).toBe(en);
  if (zh !== undefined) expect(say("zh-CN", detail)).toBe(zh);
});

it.each([
  [
    longDetail("document-invalid", {
      path: "pools.0",
      code: "unrecognized_keys",
      what: 'Unrecognized key: "mirror"',
      more: 2,
    }),
    'pools.0: has "mirror", which this version does not know (and 2 more)',
    'pools.0：含有本版本不认识的 "mirror"（另有 2 处）',
  ],
  [
    longDetail("worker-refused", {
      worker: "a1",
      why: longDetail("proxy-refused", { process: 1, why: longDetail("process-refused", { what: "too large" }) }),
    }),
    "worker a1: proxy process 1: it cannot be made ready: too large",
    "工作进程 a1：代理进程 1：无法加载：too large",
  ],
  [
    checkDetail("metrics-redirect", { status: 302, to: "/x" }),
    "HTTP 302 to /x, which is not followed",
    "HTTP 302 重定向到 /x，不会跟随",
  ],
])("%s is said in English and in Chinese, with what stands within it", (detail, en, zh) => {
  expect(say("en", detail)).toBe(en);
  expect(say("zh-CN", detail)).toBe(zh);
});

it("has words in both languages for whatever is wrong with a line of metrics", () => {
  const lines = [
    "9lives 1",
    "a",
    "a 1,5",
    "a.b 1",
    "a 1 x",
    "a 1 2 3",
    "a{b=c} 1",
    'a{b="c" d="e"} 1',
    'a{b="c",b="d"} 1',
  ];
  const more = ["a 1 # {b=} 1", 'a 1 # {b="c"}', "# TYPE a s", "# TYPE a-b gauge", `a ${"1".repeat(70_000)}`];
  const many = `a{${Array.from({ length: 300 }, (_, n) => `l${n}="x"`).join(",")}} 1`;
  for (const line of [...lines, ...more, many, "# TYPE a gauge\n# TYPE a gauge", "# EOF\na 1"]) {
    const [fault] = parseExposition(`${line}\n`, { mustEnd: line.includes("EOF") }).faults;
    const detail = longDetail("metrics-line", { line: 1, what: fault?.message ?? "", more: 0 });
    expect(say("en", detail)).toBe(`line 1 ${fault?.message}`);
    expect(say("zh-CN", detail).replace('name="value"', ""), detail).not.toMatch(/[a-z]{4}/);
  }
});

it("gives what was stored before there were codes, and what is none of them, as it is", () => {
  for (const old of [
    "HTTP 503, expected 100–499",
    "body: $.a is missing",
    "",
    "json-missing of old",
    "x-y a=1",
    "http-status found=",
  ])
    for (const language of ["en", "zh-CN"] as const) expect(say(language, old)).toBe(old);
});

it("has words for each code in both languages, whatever values are there", () => {
  for (const code of CHECK_DETAILS)
    for (const language of ["en", "zh-CN"] as const)
      expect(say(language, checkDetail(code)), code).not.toContain("detail.");
});

it("is read as it was written, whatever a node answers, and holds no line end", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(value, fc.string({ unit: "binary" }), (found, path) => {
      const detail = checkDetail("json-equals", { path, found, expected: null });
      expect(detail).not.toMatch(/[\n\r]/);
      expect(readCheckDetail(detail)?.values).toEqual(
        JSON.parse(JSON.stringify({ path: foundValue(path), found: foundValue(found), expected: null })),
      );
    }),
  );
});
