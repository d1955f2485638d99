// The last ten minutes of a node in short spans, from what is known: real traffic seen by this page, the present verdict
// of the health checks back to when it began, and the operator's will. What nobody observed is unknown, never good.
import type { NodeFacts } from "#lib/contracts/runtime.ts";
import type { SeriesPoint } from "./live-store.ts";

export const HEARTBEAT_SPANS = 60;
export const HEARTBEAT_SPAN_MS = 10_000;
/** A verdict this much older than a span says nothing about it. */
const VERDICT_AGE_MS = 60_000;

export type Beat = "good" | "warn" | "bad" | "off" | "unknown";

function beatOfTraffic(points: readonly SeriesPoint[]): Beat | undefined {
  const requests = points.reduce((sum, point) => sum + point.figures.requestsPerSecond, 0);
  const failures = points.reduce((sum, point) => sum + point.figures.failuresPerSecond, 0);
  if (requests + failures === 0) return undefined;
  if (failures === 0) return "good";
  return failures / Math.max(requests, failures) >= 0.5 ? "bad" : "warn";
}

function beatOfFacts(facts: NodeFacts, endMs: number): Beat {
  if (facts.admin.state === "maintenance" && endMs > facts.admin.sinceMs) return "off";
  const { state, sinceMs, lastCheckMs } = facts.health;
  const isKnown = lastCheckMs !== null && endMs > sinceMs && endMs <= lastCheckMs + VERDICT_AGE_MS;
  if (!isKnown || state === "unknown") return "unknown";
  return state === "healthy" ? "good" : "bad";
}

/** The points of each span, the oldest span first; one walk, since a page may show hundreds of nodes. */
function pointsBySpan(series: readonly SeriesPoint[], nowMs: number): SeriesPoint[][] {
  const spans: SeriesPoint[][] = Array.from({ length: HEARTBEAT_SPANS }, () => []);
  for (const point of series) {
    const index = HEARTBEAT_SPANS - 1 - Math.floor((nowMs - point.atMs) / HEARTBEAT_SPAN_MS);
    spans[index]?.push(point);
  }
  return spans;
}

/** `HEARTBEAT_SPANS` beats, the oldest first; the last one ends at `nowMs`. */
export function heartbeat(facts: NodeFacts, series: readonly SeriesPoint[], nowMs: number): Beat[] {
  return pointsBySpan(series, nowMs).map((points, index) => {
    const byFacts = beatOfFacts(facts, nowMs - (HEARTBEAT_SPANS - 1 - index) * HEARTBEAT_SPAN_MS);
    if (byFacts === "bad" || byFacts === "off") return byFacts;
    return beatOfTraffic(points) ?? byFacts;
  });
}
