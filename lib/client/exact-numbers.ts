// Numbers of settings, in full and with their unit: of a difference, both sides must not read the same. What is measured is
// rounded instead (format.ts).

const DURATION_STEPS: [string, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

export type ExactNumbers = ReturnType<typeof exactNumbers>;

export function exactNumbers(locale: string) {
  const known = new Map<string, Intl.NumberFormat>();
  // Intl formatters are slow to make, and most pages tell no setting at all.
  const format = (options: Intl.NumberFormatOptions, value: number): string => {
    const key = `${options.style} ${options.unit}`;
    const made = known.get(key) ?? new Intl.NumberFormat(locale, { maximumFractionDigits: 6, ...options });
    known.set(key, made);
    return made.format(value);
  };
  const unit = (name: string, value: number) => format({ style: "unit", unit: name, unitDisplay: "short" }, value);
  const number = (value: number) => format({ style: "decimal" }, value);
  const percent = (ratio: number) => format({ style: "percent" }, ratio);
  /** In the largest unit that tells it with two decimals at most: `1.5 min`, `100 sec`, `1,550 ms`. */
  const duration = (ms: number) => {
    const [name, stepMs] = DURATION_STEPS.find(([, step]) => ms >= step && (ms * 100) % step === 0) ?? [
      "millisecond",
      1,
    ];
    return unit(name, ms / stepMs);
  };
  return {
    number,
    percent,
    duration,
    /** A number of a setting, in the unit that its name says. */
    setting: (path: string, value: number): string => {
      if (path.endsWith("Ms")) return value === 0 ? number(0) : duration(value);
      if (/(?:R|r)atio$/.test(path)) return percent(value);
      if (path.endsWith("Bytes")) return unit("byte", value);
      if (path.endsWith("BytesPerSecond")) return `${unit("byte", value)}/s`;
      if (path.endsWith("Percent")) return percent(value / 100);
      if (path.endsWith("Days")) return unit("day", value);
      if (path.endsWith("Minutes")) return unit("minute", value);
      return number(value);
    },
  };
}
