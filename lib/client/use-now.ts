"use client";
import { useCallback } from "react";
import { useTold } from "./use-told.ts";

type Clock = { nowMs: number; listeners: Set<() => void>; timer: ReturnType<typeof setInterval> | undefined };
const clocks = new Map<number, Clock>();

function clockOf(stepMs: number): Clock {
  const known = clocks.get(stepMs);
  if (known) return known;
  const clock: Clock = { nowMs: Math.floor(Date.now() / stepMs) * stepMs, listeners: new Set(), timer: undefined };
  clocks.set(stepMs, clock);
  return clock;
}

/** Calls `listener` at every step of the shared clock. @returns how to stop it. */
export function subscribeToClock(stepMs: number, listener: () => void): () => void {
  const clock = clockOf(stepMs);
  clock.listeners.add(listener);
  const tick = () => {
    clock.nowMs = Math.floor(Date.now() / stepMs) * stepMs;
    for (const each of clock.listeners) each();
  };
  if (clock.timer === undefined) {
    clock.timer = setInterval(tick, stepMs);
    tick();
  }
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0) return;
    clearInterval(clock.timer);
    clock.timer = undefined;
  };
}

const zero = (): number => 0;

/** The browser's clock in whole steps; all components with the same step share one timer. 0 while rendered on the server. */
export function useNow(stepMs = 1_000): number {
  const subscribe = useCallback((listener: () => void) => subscribeToClock(stepMs, listener), [stepMs]);
  const read = useCallback(() => clockOf(stepMs).nowMs, [stepMs]);
  return useTold(subscribe, read, zero);
}
