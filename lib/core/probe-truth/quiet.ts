// A day of a thousand nodes is more than a million minutes, of nearly all of which an hour says the same: they went well, and nothing
// changed. Such an hour, and of the others such five minutes, are judged as a whole; only the minutes of what is left are read.
import { GOOD_RATIO, MINUTE_MINIMUM, MINUTE_MS } from "./traffic.ts";
import type { FactChange, QuietSpan, Window } from "./types.ts";

/** With so many answers a minute on average each is taken to have had enough of them: four times what it needs. */
export const BUSY = 4 * MINUTE_MINIMUM;

/** What one worker met at a node in a span of time, as far as that has come. */
export interface TrafficSpan {
  readonly workerId: string;
  readonly atMs: number;
  readonly successes: number;
  readonly failures: number;
}

export interface PartedDay {
  /** By worker. */
  readonly quiet: Map<string, QuietSpan[]>;
  /** What nothing is known of yet; they do not touch each other. */
  readonly unknown: Window[];
}

/**
 * Parts windows into spans that say everything of their minutes and those that do not: more failed than one good minute has, a fact
 * changed in it or in the span after (what was before a change counts, too), so little came that single minutes may say nothing, or it
 * is not stored.
 * @param spans of one node, of any workers, each of `spanMs` @param changes of the same node @param day all there is to know of
 */
export function partQuiet(
  spans: readonly TrafficSpan[],
  changes: readonly FactChange[],
  windows: readonly Window[],
  { spanMs, day }: { spanMs: number; day: Window },
): PartedDay {
  const startOf = (ms: number) => Math.floor(ms / spanMs) * spanMs;
  const bySpan = Map.groupBy(spans, ({ atMs }) => atMs);
  const changed = new Set(changes.flatMap(({ atMs }) => [startOf(atMs), startOf(atMs) - spanMs]));
  const quiet = new Map<string, QuietSpan[]>();
  const unknown: { fromMs: number; toMs: number }[] = [];
  for (const window of windows)
    for (let atMs = startOf(window.fromMs); atMs < window.toMs; atMs += spanMs) {
      const told = bySpan.get(atMs);
      const part = { fromMs: Math.max(atMs, window.fromMs), toMs: Math.min(atMs + spanMs, window.toMs) };
      const last = unknown.at(-1);
      const whole = { fromMs: atMs, toMs: Math.min(atMs + spanMs, day.toMs) };
      if (told !== undefined && !changed.has(atMs) && told.every((span) => isClear(span, whole))) {
        for (const span of told) if (span.successes > 0) addTo(quiet, span, part, whole);
      } else if (last?.toMs === part.fromMs) last.toMs = part.toMs;
      else unknown.push(part);
    }
  return { quiet, unknown };
}

/** Also when all of its failures fell into one minute, that went well. */
function isClear({ successes, failures }: TrafficSpan, { fromMs, toMs }: Window): boolean {
  const answered = successes + failures;
  const aMinute = (answered * MINUTE_MS) / (toMs - fromMs);
  return answered === 0 || (aMinute >= BUSY && failures <= GOOD_RATIO * aMinute);
}

/** Of a span that begins before the window what falls into it, as if it had come evenly. */
function addTo(quiet: PartedDay["quiet"], span: TrafficSpan, part: Window, whole: Window): void {
  const share = (part.toMs - part.fromMs) / (whole.toMs - whole.fromMs);
  const own = quiet.get(span.workerId) ?? [];
  const of = (count: number) => Math.round(count * share);
  own.push({ ...part, successes: of(span.successes), failures: of(span.failures) });
  quiet.set(span.workerId, own);
}
