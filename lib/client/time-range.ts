// The time range of a page: one that ends now, called by its name, or one between two instants. It is in the page's address
// (`?range=1h`, or `?from=2026-11-28T10:00:00.000Z&to=…`), so that a link shows what was looked at.

const MINUTE_MS = 60_000;
export const RANGES = {
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "6h": 360 * MINUTE_MS,
  "24h": 1_440 * MINUTE_MS,
  "7d": 10_080 * MINUTE_MS,
  "30d": 43_200 * MINUTE_MS,
  /** As far back as spans of an hour are kept unless set otherwise. */
  "13mo": 396 * 1_440 * MINUTE_MS,
} as const;
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as RangeName[];

/** What the API answers. */
export const MIN_RANGE_MS = MINUTE_MS;
export const MAX_RANGE_MS = RANGES["13mo"];

export type TimeRange = {
  rangeMs: number;
  /** Left out: now, whenever that is. */
  toMs?: number | undefined;
};

/** A range between two instants, whichever comes first, of a length that can be asked for. */
export function fixedRange(oneMs: number, otherMs: number): Required<TimeRange> {
  const [fromMs, toMs] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)];
  return { rangeMs: Math.min(MAX_RANGE_MS, Math.max(MIN_RANGE_MS, toMs - fromMs)), toMs };
}

/** The piece chosen on a chart, in whole seconds; what is shorter than can be asked for grows around its middle. */
export function aroundMiddle(fromMs: number, toMs: number): { fromMs: number; toMs: number } {
  const lackMs = Math.max(0, MIN_RANGE_MS - (toMs - fromMs)) / 2;
  return { fromMs: Math.floor((fromMs - lackMs) / 1_000) * 1_000, toMs: Math.ceil((toMs + lackMs) / 1_000) * 1_000 };
}

/** Twice as much around the same middle, but nothing of the time to come. */
export function twiceAsLong({ rangeMs, toMs = Infinity }: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  const endMs = Math.min(toMs + rangeMs / 2, Math.max(nowMs, toMs === Infinity ? nowMs : toMs));
  return aroundMiddle(endMs - Math.min(2 * rangeMs, MAX_RANGE_MS), endMs);
}

export const RANGE_FAULTS = ["missing", "order", "short", "long"] as const;
/** Why no range can be made of what was entered; null: one can. */
export function rangeFault(fromMs: number | null, toMs: number | null): (typeof RANGE_FAULTS)[number] | null {
  if (fromMs === null || toMs === null) return "missing";
  if (toMs <= fromMs) return "order";
  if (toMs - fromMs < MIN_RANGE_MS) return "short";
  return toMs - fromMs > MAX_RANGE_MS ? "long" : null;
}
