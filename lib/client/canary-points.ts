// What charts of a canary draw: the figures of both arms as they were known at each look, since its start.
import type { ArmFigures, CanaryEvidence } from "#lib/contracts/canary.ts";
import type { ChartPoint } from "./chart-points.ts";

const NOTHING = {
  ...{ p50Ms: null, p90Ms: null, p99Ms: null },
  ...{ successPercent: null, successesPerSecond: null, failuresPerSecond: null },
};

/** @param pick null: nothing was measured yet, which is a gap */
export const armPoints = (
  looks: readonly CanaryEvidence[],
  pick: (figures: ArmFigures) => number | null,
): ChartPoint[] =>
  looks.map(({ at, control, canary }) => ({
    ...NOTHING,
    atMs: Date.parse(at),
    control: pick(control),
    canary: pick(canary),
  }));
