// The demo fleet: sample pools with nodes and traffic of their own, which the product runs beside the real ones.
import * as z from "zod";
import { Id } from "./common.ts";

/** A worker that runs the demo says so every `DEMO_TICK_MS`; after so long without a word another one takes it over. */
export const DEMO_TICK_MS = 2_000;
export const DEMO_AWAY_AFTER_MS = 15_000;

/**
 * off: there is none. starting: its nodes or its pools are being made. running. away: no worker runs its nodes, or they cannot be run
 * (`fault`). bare: its nodes run, but somebody removed its pools. left: its pools are there, by a roll-back or an import, without it.
 */
export const DemoState = z.enum(["off", "starting", "running", "away", "bare", "left"]);
export type DemoState = z.infer<typeof DemoState>;

/**
 * Why a demo cannot be started here: GB_DEMO=off, no live worker, workers on several hosts, all but one of which cannot reach it, or
 * `npm run demo`, whose pools have the same names.
 */
export const DemoRefusal = z.enum(["turned-off", "no-worker", "several-hosts", "npm-demo"]);
export type DemoRefusal = z.infer<typeof DemoRefusal>;

export const DemoView = z.object({
  state: DemoState,
  startedAt: z.iso.datetime().nullable(),
  startedBy: z.string().nullable(),
  /** Where its nodes run. */
  host: z.string().nullable(),
  /** Why they do not run. */
  fault: z.string().nullable(),
  /** Those in the configuration in force. */
  pools: z.array(z.object({ id: Id, name: z.string() })),
  refusal: DemoRefusal.nullable(),
});
export type DemoView = z.infer<typeof DemoView>;

/** Node id → port on loopback. */
export const DemoPorts = z.record(z.uuid(), z.int().min(1).max(65_535));
export type DemoPorts = z.infer<typeof DemoPorts>;
