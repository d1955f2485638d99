// What is kept and logged of a route's requests: what its pool says, but for what the route says otherwise.
import type { RecordingSettings, RouteRecording } from "#lib/contracts/config.ts";

/** @param route null: they come to their pool without one */
export function recordingFor(pool: RecordingSettings, route: RouteRecording | null): RecordingSettings {
  if (route === null) return pool;
  return {
    ...pool,
    enabled: route.enabled ?? pool.enabled,
    sampleRatio: route.sampleRatio ?? pool.sampleRatio,
    slowMs: route.slowMs ?? pool.slowMs,
    logRatio: route.logRatio ?? pool.logRatio,
  };
}
