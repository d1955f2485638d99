/**
 * Calls `act` when the page has nothing else to do, or after `longestMs`; at once for 0.
 * @returns how to leave it
 */
export function whenIdle(act: () => void, longestMs: number): () => void {
  if (longestMs === 0) {
    act();
    return () => {};
  }
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(act, longestMs);
    return () => clearTimeout(timer);
  }
  const wait = requestIdleCallback(act, { timeout: longestMs });
  return () => cancelIdleCallback(wait);
}
