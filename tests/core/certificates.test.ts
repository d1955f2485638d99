import { describe, expect, test } from "vitest";
import { daysLeft, expiryState } from "#lib/core/certificates/expiry.ts";
import { indexNames } from "#lib/core/certificates/names.ts";

const DAY_MS = 86_400_000;
const NOW_MS = 1_000 * DAY_MS;
const certificate = (label: string, names: string[], days = 90, isDefault = false, fromDays = -1) => ({
  label,
  names,
  notBeforeMs: NOW_MS + fromDays * DAY_MS,
  notAfterMs: NOW_MS + days * DAY_MS,
  isDefault,
});

describe("the certificate for a name", () => {
  const index = indexNames(
    [
      certificate("wildcard", ["*.example.org", "example.org"]),
      certificate("exact", ["api.example.org"]),
      certificate("default", ["other.test"], 90, true),
    ],
    NOW_MS,
  );

  test.each([
    ["api.example.org", "exact"],
    ["API.Example.ORG", "exact"],
    ["www.example.org", "wildcard"],
    ["example.org", "wildcard"],
    ["a.b.example.org", "default"],
    ["localhost", "default"],
    ["", "default"],
    ["*.example.org", "wildcard"],
  ])("%s is answered by the %s one", (name, label) => {
    expect(index.find(name)?.label).toBe(label);
  });

  test("that nobody has, without a default, is answered by none", () => {
    const without = indexNames([certificate("one", ["one.test"])], NOW_MS);
    expect([without.find("two.test"), without.fallback]).toEqual([null, null]);
  });

  test("that two have is answered by the one valid now, then by the one valid for longer, in any order", () => {
    const short = certificate("short", ["a.test"], 10);
    const long = certificate("long", ["a.test"], 20);
    const expired = certificate("expired", ["a.test"], 0);
    const future = certificate("future", ["a.test"], 900, false, 1);
    for (const order of [
      [short, long, expired, future],
      [future, expired, long, short],
    ])
      expect(indexNames(order, NOW_MS).find("a.test")?.label).toBe("long");
    expect(indexNames([expired], NOW_MS).find("a.test")?.label).toBe("expired");
  });
});

test("days are counted down to the last millisecond", () => {
  expect(daysLeft(NOW_MS + DAY_MS, NOW_MS)).toBe(1);
  expect(daysLeft(NOW_MS + DAY_MS - 1, NOW_MS)).toBe(0);
  expect(daysLeft(NOW_MS, NOW_MS)).toBe(0);
  expect(daysLeft(NOW_MS - 1, NOW_MS)).toBe(-1);
});

test.each([
  [30, "good"],
  [29, "due"],
  [7, "due"],
  [6, "late"],
  [0, "late"],
  [-1, "expired"],
])("with %i days left a certificate is %s", (days, state) => {
  expect(expiryState(days)).toBe(state);
});
