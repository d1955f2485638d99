// How long a certificate is still good for, and how urgent that is.

const DAY_MS = 86_400_000;
/** Days from which renewing is due, and from which it is late: an automatic renewal happens at 30 days. */
export const DUE_DAYS = 30;
export const LATE_DAYS = 7;

/** Whole days until `notAfterMs`, rounded down: 0 on its last day, negative once it has expired. */
export const daysLeft = (notAfterMs: number, nowMs: number): number => Math.floor((notAfterMs - nowMs) / DAY_MS);

export type ExpiryState = "good" | "due" | "late" | "expired";

export function expiryState(days: number): ExpiryState {
  if (days < 0) return "expired";
  if (days < LATE_DAYS) return "late";
  return days < DUE_DAYS ? "due" : "good";
}
