// Ranges between two instants, and instants by the clocks of a time zone.
import { expect, it } from "vitest";
import { fixedRange, MAX_RANGE_MS, MIN_RANGE_MS, rangeFault } from "#lib/client/time-range.ts";
import { fromWallText, toWallText } from "#lib/core/wall-time.ts";

const T = Date.UTC(2026, 10, 28, 12);

it("makes of two instants a range that the API answers, whichever comes first", () => {
  expect(fixedRange(T, T + 3_600_000)).toEqual({ rangeMs: 3_600_000, toMs: T + 3_600_000 });
  expect(fixedRange(T + 3_600_000, T)).toEqual({ rangeMs: 3_600_000, toMs: T + 3_600_000 });
  expect(fixedRange(T, T + MIN_RANGE_MS - 1)).toEqual({ rangeMs: MIN_RANGE_MS, toMs: T + MIN_RANGE_MS - 1 });
  expect(fixedRange(T - MAX_RANGE_MS - 1, T)).toEqual({ rangeMs: MAX_RANGE_MS, toMs: T });
});

it("says why no range can be made of what was entered, at each bound and a millisecond beside it", () => {
  expect(rangeFault(null, T)).toBe("missing");
  expect(rangeFault(T, T)).toBe("order");
  expect(rangeFault(T, T + MIN_RANGE_MS - 1)).toBe("short");
  expect(rangeFault(T, T + MIN_RANGE_MS)).toBeNull();
  expect(rangeFault(T - MAX_RANGE_MS, T)).toBeNull();
  expect(rangeFault(T - MAX_RANGE_MS - 1, T)).toBe("long");
});

it("reads what a form shows of an instant as that instant, in any zone, and in an hour that clocks skip when they would have", () => {
  for (const zone of ["UTC", "Asia/Shanghai", "America/St_Johns", "Europe/Berlin"])
    expect([zone, fromWallText(zone, toWallText(zone, T))]).toEqual([zone, T]);
  expect(toWallText("Asia/Shanghai", T)).toBe("2026-11-28T20:00");
  expect(fromWallText("Europe/Berlin", "2026-03-29T02:30")).toBe(Date.UTC(2026, 2, 29, 1, 30));
  for (const text of ["", "2026-13-01T00:00", "tomorrow"])
    expect([text, fromWallText("UTC", text)]).toEqual([text, null]);
});
