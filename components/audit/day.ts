import { fromWallText } from "#lib/core/wall-time.ts";

const DAY_MS = 86_400_000;

/** When a day (`2026-11-28`), or one that is some days later, begins in a time zone; undefined: it is none. */
export function beginOf(timeZone: string, day: string, daysLater: number): string | undefined {
  const noonMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T12:00:00Z`) : Number.NaN;
  if (Number.isNaN(noonMs)) return undefined;
  const beginMs = fromWallText(timeZone, `${new Date(noonMs + daysLater * DAY_MS).toISOString().slice(0, 10)}T00:00`);
  return beginMs === null ? undefined : new Date(beginMs).toISOString();
}
