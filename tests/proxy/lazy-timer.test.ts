import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LazyTimer } from "#workers/proxy/lazy-timer.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("calls back when the limit that was set last runs out, and once", () => {
  const due = vi.fn();
  const timer = new LazyTimer(due);
  timer.set(100);
  vi.advanceTimersByTime(60);
  timer.set(100);
  // The real timer may be a millisecond late, and never early.
  vi.advanceTimersByTime(99);
  expect(due).not.toHaveBeenCalled();
  vi.advanceTimersByTime(3);
  expect(due).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(due).toHaveBeenCalledTimes(1);
});

test("cleared, it does not call back; a shorter limit set afterwards holds", () => {
  const due = vi.fn();
  const timer = new LazyTimer(due);
  timer.set(100);
  timer.clear();
  vi.advanceTimersByTime(50);
  timer.set(10);
  vi.advanceTimersByTime(9);
  expect(due).not.toHaveBeenCalled();
  vi.advanceTimersByTime(3);
  expect(due).toHaveBeenCalledTimes(1);
});

test("stopped, it arms no timer that would hold its owner, whatever sets it later", () => {
  const timer = new LazyTimer(() => {});
  timer.set(60_000);
  timer.stop();
  expect(vi.getTimerCount()).toBe(0);
  timer.set(3_600_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("stopped by what it calls, it stays so", () => {
  const timer: LazyTimer = new LazyTimer(() => timer.stop());
  timer.set(10);
  vi.advanceTimersByTime(20);
  timer.set(10);
  expect(vi.getTimerCount()).toBe(0);
});
