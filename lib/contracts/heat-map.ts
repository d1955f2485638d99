import * as z from "zod";
import { Id } from "./common.ts";
import { MetricsQuery } from "./metrics.ts";
import { EpochMs } from "./runtime.ts";

export const HeatMapQuery = MetricsQuery.pick({ rangeMs: true, toMs: true });
export type HeatMapQuery = z.infer<typeof HeatMapQuery>;

const column = z.array(z.number().min(0).nullable());

/** Latency and failures of each node of a pool over time: one value a step, null where nothing was measured or asked. */
export const HeatMap = z.strictObject({
  poolId: Id,
  fromMs: EpochMs,
  toMs: EpochMs,
  stepMs: z.int().min(1),
  nodes: z.array(
    z.strictObject({
      nodeId: Id,
      name: z.string(),
      p99Ms: column,
      /** Part of the requests that failed, 0–1. */
      errorRatio: column,
    }),
  ),
});
export type HeatMap = z.infer<typeof HeatMap>;
