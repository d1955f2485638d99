import { expect, it } from "vitest";
import { METRIC_RETENTION_MS } from "#lib/core/roll-up.ts";
import { planTop } from "#lib/core/top.ts";

const NOW = Date.UTC(2026, 10, 28, 12, 0, 30);
const [MINUTE, DAY] = [60_000, 86_400_000];
const resolutions = (rangeMs: number, toMs?: number) =>
  planTop({ rangeMs, toMs }, NOW, METRIC_RETENTION_MS).map(({ resolution }) => resolution);

it("ranks by the longest spans of which six fit into the range and that are kept, then by shorter ones", () => {
  expect(resolutions(MINUTE)).toEqual(["10s"]);
  expect(resolutions(6 * MINUTE - 1)).toEqual(["10s"]);
  expect(resolutions(6 * MINUTE)).toEqual(["1m", "10s"]);
  expect(resolutions(60 * MINUTE)).toEqual(["5m", "1m", "10s"]);
  expect(resolutions(DAY)).toEqual(["1h", "5m", "1m"]);
  expect(resolutions(30 * DAY)).toEqual(["1d", "1h"]);
  expect(resolutions(5 * MINUTE, NOW - 2 * DAY)).toEqual(["1m"]);
  expect(resolutions(5 * MINUTE, NOW - 30 * DAY)).toEqual(["1h"]);
});

it("begins with the first span that the range touches", () => {
  const [plan] = planTop({ rangeMs: 60 * MINUTE }, NOW, METRIC_RETENTION_MS);
  expect(plan).toMatchObject({ fromMs: Date.UTC(2026, 10, 28, 11), toMs: NOW });
});
