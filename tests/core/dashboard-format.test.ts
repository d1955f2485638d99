// Numbers, times and differences as people read them.
import { describe, expect, it } from "vitest";
import { beginOf } from "#components/audit/day.ts";
import { MISSING, makeFormats, zoneLabel } from "#lib/client/format.ts";
import { changedFields, valueText } from "#lib/client/json-diff.ts";
import { safeNext } from "#lib/core/safe-next.ts";

const en = makeFormats("en", "UTC");
const zh = makeFormats("zh-CN", "Asia/Shanghai");
const AT = Date.UTC(2026, 10, 23, 14, 5, 9);

describe("formats", () => {
  it("shows what is missing as a dash, never as zero", () => {
    for (const format of [en.integer, en.rate, en.percent, en.success, en.ms, en.msUnit, en.duration])
      expect([format(null), format(undefined)]).toEqual([MISSING, MISSING]);
  });

  it("never rounds a success rate up to 100 % while something failed", () => {
    expect(en.success(0.999999)).toBe("99.99%");
    expect(en.success(1)).toBe("100%");
  });

  it("has one decimal below ten and none above", () => {
    expect([en.ms(9.87), en.ms(10.4), en.rate(3.25), en.rate(1712.6)]).toEqual(["9.9", "10", "3.3", "1,713"]);
  });

  it("shows a time in the zone that was chosen", () => {
    expect([en.time(AT), zh.time(AT)]).toEqual(["14:05:09", "22:05:09"]);
  });

  it("labels zones by their offset at that time", () => {
    expect(zoneLabel("UTC", AT)).toBe("UTC");
    expect(zoneLabel("Asia/Shanghai", AT)).toBe("UTC+8");
    expect([zoneLabel("Europe/Berlin", AT), zoneLabel("Europe/Berlin", Date.UTC(2026, 6, 1))]).toEqual([
      "UTC+1",
      "UTC+2",
    ]);
  });

  it("says how long ago in the largest whole unit", () => {
    expect(en.relative(AT - 59_999, AT)).toBe("59 sec. ago");
    expect(en.relative(AT - 60_000, AT)).toBe("1 min. ago");
  });
});

describe("a day of a filter", () => {
  it("begins when it does in the chosen zone, and ends when the next one begins, also when clocks change", () => {
    expect(beginOf("UTC", "2026-11-28", 0)).toBe("2026-11-28T00:00:00.000Z");
    expect(beginOf("Asia/Shanghai", "2026-11-28", 0)).toBe("2026-11-27T16:00:00.000Z");
    expect([0, 1].map((later) => beginOf("Europe/Berlin", "2026-10-25", later))).toEqual([
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z",
    ]);
    expect([beginOf("UTC", "soon", 0), beginOf("UTC", "2026-13-01", 0)]).toEqual([undefined, undefined]);
  });
});

describe("changedFields", () => {
  it("names exactly the nested fields that differ", () => {
    const before = { name: "a", breaker: { openMs: 1, enabled: true }, list: [1, 2] };
    const after = { name: "a", breaker: { openMs: 2, enabled: true }, list: [1], zone: "x" };
    expect(changedFields(before, after)).toEqual([
      { path: "breaker.openMs", before: 1, after: 2 },
      { path: "list", before: [1, 2], after: [1] },
      { path: "zone", before: null, after: "x" },
    ]);
  });

  it("reads a missing side as nothing, and text without quotes", () => {
    expect(changedFields(null, { state: "drain" })).toEqual([{ path: "state", before: null, after: "drain" }]);
    expect([valueText(null), valueText("drain"), valueText([1])]).toEqual([MISSING, "drain", "[1]"]);
  });
});

describe("safeNext", () => {
  it("leads only to paths of this site", () => {
    expect(safeNext("/pools?q=a")).toBe("/pools?q=a");
    for (const bad of ["https://evil.example", "//evil.example", "/\\evil.example", "pools", "", null, undefined])
      expect(safeNext(bad)).toBe("/");
  });
});
