import { describe, expect, it } from "vitest";
import { AlertMatchers, WindowSchedule } from "#lib/contracts/silences.ts";
import { matchesGlob } from "#lib/core/alerts/glob.ts";
import { matches, mutingOf, nextSpan, spanAt } from "#lib/core/alerts/silencing.ts";

const at = (text: string) => Date.parse(text);
const alert = {
  rule: "latency",
  ruleKey: "latency",
  level: 2,
  poolName: "payments",
  nodeName: "sg-1",
  labels: { env: "prod", zone: "eu-1" },
};
const matchers = (given: object = {}) => AlertMatchers.parse(given);

describe("matchers", () => {
  it.each([
    ["*", "anything", true],
    ["pay*", "Payments", true],
    ["pay*", "repay", false],
    ["*-1", "sg-1", true],
    ["s?-1", "sg-1", true],
    ["s?-1", "s-1", false],
    ["a*b*c", "axxbyyc", true],
    ["a*b*c", "axxbyy", false],
    ["", "x", false],
    [".*", "x", false],
  ])("%j takes %j: %s", (glob, name, expected) => expect(matchesGlob(glob, name)).toBe(expected));

  it("takes linear time for what makes regular expressions blow up", () => {
    expect(matchesGlob(`${"*a".repeat(50)}b`, "a".repeat(2_000))).toBe(false);
  });

  it("needs all that are named, and any of each list", () => {
    expect(matches(matchers({ kinds: ["latency", "error-rate"], pools: ["pay*"] }), alert)).toBe(true);
    expect(matches(matchers({ kinds: ["error-rate"], pools: ["pay*"] }), alert)).toBe(false);
    expect(matches(matchers({ levels: [1, 2] }), alert)).toBe(true);
    expect(matches(matchers({ nodes: ["eu-*"] }), alert)).toBe(false);
    expect(matches(matchers({ rules: ["own"] }), alert)).toBe(false);
    expect(matches(matchers(), alert)).toBe(true);
  });
});

describe("silences and windows", () => {
  const NOW = at("2026-11-28T10:00:00Z");
  const silence = (endsMs: number) => ({
    id: `s${endsMs}`,
    matchers: matchers(),
    comment: "deploy",
    startsMs: NOW,
    endsMs,
  });
  const schedule = WindowSchedule.parse({ timeZone: "UTC", start: "09:30", durationMinutes: 60 });
  const window = (mode: "mute" | "expected") => ({ id: mode, name: mode, mode, matchers: matchers(), schedule });

  it("mutes from its first millisecond to the one before its last, by whatever mutes for longest", () => {
    const one = [silence(NOW + 1_000)];
    expect(mutingOf(alert, one, [], NOW - 1)).toBeNull();
    expect(mutingOf(alert, one, [], NOW)).toMatchObject({ kind: "silence", name: "deploy", untilMs: NOW + 1_000 });
    expect(mutingOf(alert, one, [], NOW + 999)).not.toBeNull();
    expect(mutingOf(alert, one, [], NOW + 1_000)).toBeNull();
    expect(mutingOf(alert, [silence(NOW + 5), silence(NOW + 9)], [], NOW)?.id).toBe(`s${NOW + 9}`);
  });

  it("lets what mutes go before what only expects", () => {
    expect(mutingOf(alert, [], [window("expected")], NOW)).toMatchObject({ kind: "expected" });
    expect(mutingOf(alert, [silence(NOW + 1)], [window("expected")], NOW)).toMatchObject({ kind: "silence" });
    expect(mutingOf(alert, [], [window("mute")], at("2026-11-28T10:30:00Z"))).toBeNull();
  });
});

describe("recurring windows", () => {
  const nights = WindowSchedule.parse({
    timeZone: "Europe/Berlin",
    weekdays: [6],
    start: "23:00",
    durationMinutes: 180,
  });

  it("is open over midnight, by the clocks of its time zone, on the days it begins on", () => {
    // 28 November 2026 is a Saturday; Berlin is an hour ahead.
    expect(spanAt(nights, at("2026-11-28T21:59:59.999Z"))).toBeNull();
    expect(spanAt(nights, at("2026-11-28T22:00:00Z"))).toEqual({
      startMs: at("2026-11-28T22:00:00Z"),
      endMs: at("2026-11-29T01:00:00Z"),
    });
    expect(spanAt(nights, at("2026-11-29T00:59:59.999Z"))).not.toBeNull();
    expect(spanAt(nights, at("2026-11-29T01:00:00Z"))).toBeNull();
    expect(spanAt(nights, at("2026-11-29T22:30:00Z"))).toBeNull();
    expect(nextSpan(nights, at("2026-11-29T01:00:00Z"))?.startMs).toBe(at("2026-12-05T22:00:00Z"));
  });

  it("stays where it is on the clock when summer time ends, and begins an hour late where clocks skip its time", () => {
    const daily = WindowSchedule.parse({ timeZone: "Europe/Berlin", start: "02:30", durationMinutes: 30 });
    expect(nextSpan(daily, at("2026-07-01T00:00:00Z"))?.startMs).toBe(at("2026-07-01T00:30:00Z"));
    expect(nextSpan(daily, at("2026-12-01T00:00:00Z"))?.startMs).toBe(at("2026-12-01T01:30:00Z"));
    expect(nextSpan(daily, at("2026-03-28T22:00:00Z"))?.startMs).toBe(at("2026-03-29T01:30:00Z"));
  });

  it("refuses what is no time zone", () => {
    expect(WindowSchedule.safeParse({ timeZone: "Mars/Base", start: "02:30", durationMinutes: 30 }).success).toBe(
      false,
    );
  });
});
