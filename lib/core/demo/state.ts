import { DEMO_AWAY_AFTER_MS, type DemoRefusal, type DemoState } from "#lib/contracts/demo.ts";

/** What is stored of a demo that was started. */
export type DemoRun = {
  /** By the database's clock, as `nowMs`: when a worker last said that it runs its nodes; null: none did yet. */
  seenAtMs: number | null;
  isConfigured: boolean;
  fault: string;
};

/** @param pools of the demo in the configuration in force */
export function demoState(run: DemoRun | null, pools: number, nowMs: number): DemoState {
  if (run === null) return pools > 0 ? "left" : "off";
  if (!run.isConfigured) return "starting";
  if (run.fault !== "" || run.seenAtMs === null || nowMs - run.seenAtMs >= DEMO_AWAY_AFTER_MS) return "away";
  return pools > 0 ? "running" : "bare";
}

/**
 * Why no demo can be started, if so. Its nodes listen on loopback: workers of other hosts would find nobody there.
 * @param isNpmDemo whether `npm run demo` shows its fleet
 */
export function demoRefusal(
  isTurnedOff: boolean,
  liveHosts: readonly string[],
  isNpmDemo: boolean,
): DemoRefusal | null {
  if (isTurnedOff) return "turned-off";
  if (isNpmDemo) return "npm-demo";
  if (liveHosts.length === 0) return "no-worker";
  return new Set(liveHosts).size > 1 ? "several-hosts" : null;
}
