import { expect, it } from "vitest";
import { planResources } from "#lib/core/resources/series.ts";

const HOUR = 3_600_000;
const KEPT = {
  "1s": HOUR,
  "10s": 6 * HOUR,
  "1m": 168 * HOUR,
  "5m": 168 * HOUR,
  "1h": 9_504 * HOUR,
  "1d": 9_504 * HOUR,
};

it.each([
  [300_000, "10s", 10_000],
  [6 * HOUR, "1m", 120_000],
  [24 * HOUR, "1m", 300_000],
  [168 * HOUR, "1h", HOUR],
  [9_504 * HOUR, "1h", 48 * HOUR],
])("a range of %d ms is read from spans that are kept of resources", (rangeMs, resolution, stepMs) => {
  expect(planResources({ rangeMs }, 20_000 * 24 * HOUR, KEPT)).toMatchObject({ resolution, stepMs });
});
