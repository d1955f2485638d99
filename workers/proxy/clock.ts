// The time, read once for all that one read from a socket brings about: a request would read clocks eleven times, which cost
// as much as parsing its head. Outside of a read it is read whenever it is asked for.

let monotonicMs = -1;
let unixMs = -1;

/** Monotonic milliseconds, as performance.now. */
export const clockMs = (): number => (monotonicMs >= 0 ? monotonicMs : performance.now());

/** Milliseconds since 1970, as Date.now. */
export function wallMs(): number {
  if (monotonicMs < 0) return Date.now();
  if (unixMs < 0) unixMs = Date.now();
  return unixMs;
}

/** From now to `thaw`, which must follow in the same turn, time stands still. */
export function freeze(): void {
  monotonicMs = performance.now();
  unixMs = -1;
}

export function thaw(): void {
  monotonicMs = -1;
}
