// What clocks of a time zone show at an instant, and when they show something: by the zone's own rules, Intl's.

type Parts = Record<"year" | "month" | "day" | "hour" | "minute" | "second", number>;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What calendars and clocks of the zone show. */
export function localParts(timeZone: string, atMs: number): Parts {
  let format = formats.get(timeZone);
  if (!format) {
    const numeric = "numeric" as const;
    const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
    format = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...fields });
    formats.set(timeZone, format);
  }
  const parts = format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]);
  return Object.fromEntries(parts) as Parts;
}

const wallMs = (timeZone: string, atMs: number): number => {
  const { year, month, day, hour, minute, second } = localParts(timeZone, atMs);
  return Date.UTC(year, month - 1, day, hour, minute, second);
};

const offsetMs = (timeZone: string, atMs: number): number => wallMs(timeZone, atMs) - Math.floor(atMs / 1_000) * 1_000;

/** When clocks there show this (`localMs`: as if it were UTC); in an hour that they skip, when they would have. */
export function instantOf(timeZone: string, localMs: number): number {
  const guess = localMs - offsetMs(timeZone, localMs);
  return localMs - offsetMs(timeZone, guess);
}

/** As a form's field for date and time has it: `2026-11-28T14:30`. */
export const toWallText = (timeZone: string, atMs: number): string =>
  new Date(wallMs(timeZone, atMs)).toISOString().slice(0, 16);

/** The instant that such a field tells of; null: it tells of none. */
export function fromWallText(timeZone: string, text: string): number | null {
  const localMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.test(text)
    ? Date.parse(`${text}Z`)
    : Number.NaN;
  return Number.isNaN(localMs) ? null : instantOf(timeZone, localMs);
}
