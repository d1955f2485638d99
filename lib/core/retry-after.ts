// When a server says that it may be asked again (RFC 9110 § 10.2.3): seconds, or a date.

/** Milliseconds from `nowMs` on; null when the value is neither. A date that has passed is 0. */
export function retryAfterMs(value: string, nowMs: number): number | null {
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Only the fixed-length form of HTTP dates: Date.parse alone would take "1" or "2026" for dates, too.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
