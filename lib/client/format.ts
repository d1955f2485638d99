// Numbers and times for people, all through Intl. Missing values are shown as a dash, never as zero.
import { exactNumbers } from "./exact-numbers.ts";

export const MISSING = "–";

type Maybe = number | null | undefined;
export type Formats = ReturnType<typeof makeFormats>;

const RELATIVE_STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];
const BYTE_STEPS: [string, number][] = [
  ["gigabyte", 1e9],
  ["megabyte", 1e6],
  ["kilobyte", 1e3],
];
const DURATION_STEPS: [string, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** Making a formatter takes as long as drawing a row, and a page uses few of them: each is made when it is first used. */
function onDemand<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const offsets = new Map<string, Intl.DateTimeFormat>();
function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  const format = offsets.get(timeZone) ?? new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "shortOffset" });
  offsets.set(timeZone, format);
  return format;
}

/** Offset of a zone at one instant as people write it: `UTC`, `UTC+8`, `UTC+5:30`. */
export function zoneLabel(timeZone: string, atMs: number): string {
  const parts = offsetFormat(timeZone).formatToParts(atMs);
  return (parts.find((part) => part.type === "timeZoneName")?.value ?? timeZone)
    .replace("GMT", "UTC")
    .replace(/\+0$/, "");
}

/** Formatters of one language and one time zone (IANA name). */
export function makeFormats(locale: string, timeZone: string) {
  const number = (options: Intl.NumberFormatOptions) => {
    const format = onDemand(() => new Intl.NumberFormat(locale, options));
    return (value: Maybe) => (value === null || value === undefined ? MISSING : format().format(value));
  };
  const date = (options: Intl.DateTimeFormatOptions) => {
    const format = onDemand(() => new Intl.DateTimeFormat(locale, { timeZone, hourCycle: "h23", ...options }));
    return (at: number | string | Date) => format().format(new Date(at));
  };
  const integer = number({ maximumFractionDigits: 0 });
  const twoDigitPercent = number({ style: "percent", maximumFractionDigits: 2 });
  const oneDigit = number({ maximumFractionDigits: 1 });
  const twoDigits = number({ maximumFractionDigits: 2 });
  const threeDigits = number({ maximumFractionDigits: 3 });
  const compact = number({ notation: "compact", maximumFractionDigits: 1 });
  const relativeFormat = onDemand(() => new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }));
  const spanFormat = onDemand(
    () =>
      new Intl.DateTimeFormat(locale, {
        ...{ timeZone, hourCycle: "h23", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
      }),
  );
  const unit = (name: string) => number({ style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 1 });
  const units = Object.fromEntries([...DURATION_STEPS.map(([name]) => name), "millisecond"].map((n) => [n, unit(n)]));

  const byteUnits = Object.fromEntries([...BYTE_STEPS.map(([name]) => name), "byte"].map((n) => [n, unit(n)]));

  const latency = (ms: Maybe) => (ms !== null && ms !== undefined && ms < 10 ? oneDigit(ms) : integer(ms));
  const duration = (ms: Maybe) => {
    if (ms === null || ms === undefined) return MISSING;
    const [name, stepMs] = DURATION_STEPS.find(([, step]) => ms >= step) ?? ["millisecond", 1];
    return units[name]?.(ms / stepMs) ?? MISSING;
  };
  return {
    locale,
    timeZone,
    /** Numbers of settings, which are never rounded. */
    exact: exactNumbers(locale),
    integer,
    /** At most two decimals. */
    decimal: twoDigits,
    /** Numbers of an axis: short from 10,000 on, with the digits that neighbours differ in. */
    axis: (value: number) => (value >= 10_000 ? compact(value) : value < 1 ? threeDigits(value) : twoDigits(value)),
    /** Requests per second: one decimal below 10. */
    rate: (value: Maybe) => (value !== null && value !== undefined && value < 10 ? oneDigit(value) : integer(value)),
    /** Bytes in the unit that suits them. */
    bytes: (value: Maybe) => {
      if (value === null || value === undefined) return MISSING;
      const [name, size] = BYTE_STEPS.find(([, step]) => value >= step) ?? ["byte", 1];
      return byteUnits[name]?.(value / size) ?? MISSING;
    },
    /** 0–1 as a percentage with at most one decimal. */
    percent: number({ style: "percent", maximumFractionDigits: 1 }),
    /** Success rate: two decimals, and 100 % only when nothing failed. */
    success: (ratio: Maybe) =>
      twoDigitPercent(ratio !== null && ratio !== undefined && ratio < 1 ? Math.min(ratio, 0.9999) : ratio),
    /** Milliseconds without their unit (it stands in the header). */
    ms: latency,
    /** Milliseconds with their unit. */
    msUnit: (ms: Maybe) => (ms === null || ms === undefined ? MISSING : `${latency(ms)} ms`),
    /** A length of time in its largest unit: `42 sec`, `1.5 hr`. */
    duration,
    time: date({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    minute: date({ hour: "2-digit", minute: "2-digit" }),
    day: date({ month: "short", day: "numeric" }),
    /** From an instant to another, what both have in common told once. */
    span: (fromMs: number, toMs: number) => spanFormat().formatRange(fromMs, toMs),
    dateTime: date({
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    }),
    zone: (atMs: number) => zoneLabel(timeZone, atMs),
    relative: (atMs: number, nowMs: number) => {
      const differenceMs = atMs - nowMs;
      const [name, stepMs] = RELATIVE_STEPS.find(([, step]) => Math.abs(differenceMs) >= step) ?? ["second", 1_000];
      return relativeFormat().format(Math.trunc(differenceMs / stepMs), name);
    },
  };
}
