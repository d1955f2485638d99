// What a worker's probe said when, from the changes that were stored and what it says now.
import type { FactChange, PresentVerdict, ProbeState, Window } from "./types.ts";

export interface StateSpan extends Window {
  readonly state: ProbeState;
  /** Why it came to be so; empty when that was before the window. */
  readonly reason: string;
}

const asState = (state: string): ProbeState => (state === "healthy" || state === "unhealthy" ? state : "unknown");

/**
 * The states of one worker's probe over a window, without gaps. Before the first change it was what that one came from; a
 * worker of which nothing is known, or only what it began later, said nothing before.
 * @param changes of that worker, of its probe, oldest first
 */
export function probeTimeline(
  changes: readonly FactChange[],
  present: PresentVerdict | undefined,
  { fromMs, toMs }: Window,
): StateSpan[] {
  const within = changes.filter(({ atMs }) => atMs < toMs);
  const before = within.findLast(({ atMs }) => atMs <= fromMs);
  const later = within.filter(({ atMs }) => atMs > fromMs);
  const spans: StateSpan[] = [];
  let state = before ? asState(before.to) : startState(later[0], present, fromMs);
  let [sinceMs, reason] = [fromMs, before?.reason ?? ""];
  const close = (atMs: number) => {
    if (atMs > sinceMs) spans.push({ fromMs: sinceMs, toMs: atMs, state, reason });
  };
  for (const change of later) {
    close(change.atMs);
    [state, sinceMs, reason] = [asState(change.to), change.atMs, change.reason];
  }
  // A change that is not among the events (their retention, an outage) shows in what is said now.
  if (present && present.state !== state && present.sinceMs > sinceMs && present.sinceMs < toMs) {
    close(present.sinceMs);
    [state, sinceMs, reason] = [present.state, present.sinceMs, ""];
  }
  close(toMs);
  return spans;
}

function startState(first: FactChange | undefined, present: PresentVerdict | undefined, fromMs: number): ProbeState {
  if (first) return asState(first.from);
  return present && present.sinceMs <= fromMs ? present.state : "unknown";
}

/** Milliseconds of a window in each state. */
export function timeIn(spans: readonly StateSpan[], { fromMs, toMs }: Window): Record<ProbeState, number> {
  const time = { healthy: 0, unhealthy: 0, unknown: 0 };
  for (const span of spans) {
    const overlap = Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs);
    if (overlap > 0) time[span.state] += overlap;
  }
  return time;
}

/** When it was first unhealthy from `fromMs` on and before `toMs`; null: it was not. */
export function firstUnhealthyMs(spans: readonly StateSpan[], { fromMs, toMs }: Window): number | null {
  const span = spans.find((each) => each.state === "unhealthy" && each.toMs > fromMs && each.fromMs < toMs);
  return span === undefined ? null : Math.max(span.fromMs, fromMs);
}
