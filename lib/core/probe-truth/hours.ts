// A day of a thousand nodes is more than a million minutes, of nearly all of which an hour says the same: they went well, and nothing
// changed. Such an hour is taken for its minutes; those of the others are read.
import { GOOD_RATIO, MINUTE_MINIMUM, MINUTE_MS } from "./traffic.ts";
import type { FactChange, TrafficMinute, Window } from "./types.ts";

export const HOUR_MS = 60 * MINUTE_MS;
/** With so many answers in an hour its minutes are taken to have had enough each: four times what one needs. */
export const BUSY_HOUR = 60 * 4 * MINUTE_MINIMUM;

/** What one worker met at a node in an hour, as far as that has come. */
export interface TrafficHour {
  readonly workerId: string;
  readonly atMs: number;
  readonly successes: number;
  readonly failures: number;
}

export interface HourlyDay {
  /** Of quiet hours, by worker, oldest first. */
  readonly minutes: Map<string, TrafficMinute[]>;
  /** Of which the minutes have to be read; they do not touch each other. */
  readonly unknown: Window[];
}

/**
 * Parts the window into hours that say everything of their minutes and those that do not: more failed than one good minute has, a fact
 * changed in it or in the hour after (what was before a change counts, too), so little came that single minutes may say nothing, or it is
 * not stored.
 * @param hours of one node, of any workers @param changes of the same node
 */
export function partByHours(hours: readonly TrafficHour[], changes: readonly FactChange[], window: Window): HourlyDay {
  const byHour = Map.groupBy(hours, ({ atMs }) => atMs);
  const changed = new Set(changes.flatMap(({ atMs }) => [hourOf(atMs), hourOf(atMs) - HOUR_MS]));
  const minutes = new Map<string, TrafficMinute[]>();
  const unknown: { fromMs: number; toMs: number }[] = [];
  for (let atMs = hourOf(window.fromMs); atMs < window.toMs; atMs += HOUR_MS) {
    const told = byHour.get(atMs);
    const part = { fromMs: Math.max(atMs, window.fromMs), toMs: Math.min(atMs + HOUR_MS, window.toMs) };
    if (told !== undefined && !changed.has(atMs) && told.every(isClear)) {
      for (const hour of told) if (hour.successes > 0) addTo(minutes, hour, part);
    } else if (unknown.at(-1)?.toMs === part.fromMs) (unknown.at(-1) as (typeof unknown)[0]).toMs = part.toMs;
    else unknown.push(part);
  }
  return { minutes, unknown };
}

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;
/** Also when all of its failures fell into one minute, that went well. */
function isClear({ successes, failures }: TrafficHour): boolean {
  const answered = successes + failures;
  return answered === 0 || (answered >= BUSY_HOUR && failures <= (GOOD_RATIO * answered) / 60);
}

/** Its answers spread evenly over the minutes that began in that part of it. */
function addTo(minutes: Map<string, TrafficMinute[]>, hour: TrafficHour, part: Window): void {
  const { workerId, successes, failures } = hour;
  const own = minutes.get(workerId) ?? [];
  const count = Math.ceil((part.toMs - hourOf(part.fromMs)) / MINUTE_MS);
  for (let i = 0; i < count; i++) {
    const atMs = hourOf(part.fromMs) + i * MINUTE_MS;
    const share = (sum: number) => Math.floor(((i + 1) * sum) / count) - Math.floor((i * sum) / count);
    if (atMs >= part.fromMs) own.push({ atMs, successes: share(successes), failures: share(failures) });
  }
  minutes.set(workerId, own);
}
