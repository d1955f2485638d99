import type { StopStep } from "./managed-process.ts";

/** web and control have nothing to finish that is worth a wait. */
export const STOP_CHILD: readonly StopStep[] = [{ signal: "SIGTERM", graceMs: 3_000 }];
/** Proxies answer what is in flight first. */
export const STOP_PROXY: readonly StopStep[] = [{ signal: "SIGTERM", graceMs: 10_000 }];
/** One that was replaced has as long as it is given, and a moment to end what is left. */
export const dismissProxy = (drainMs: number): readonly StopStep[] => [{ signal: "SIGUSR2", graceMs: drainMs + 3_000 }];
/** PostgreSQL's fast shutdown rolls back and writes a checkpoint; its immediate one recovers at the next start. */
export const STOP_POSTGRES: readonly StopStep[] = [
  { signal: "SIGINT", graceMs: 15_000 },
  { signal: "SIGQUIT", graceMs: 3_000 },
];
