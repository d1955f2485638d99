import fc from "fast-check";
import { expect, it } from "vitest";
import { CHECK_DETAILS, checkDetail, foundValue, readCheckDetail } from "#lib/contracts/check-detail.ts";
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
