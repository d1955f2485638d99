"use client";
// The instant that is pointed at, for all charts of a page: what one chart shows there is read beside what the others show.
import { useSyncExternalStore } from "react";

let atMs: number | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @param instant null: nothing is pointed at */
export function pointAt(instant: number | null): void {
  if (instant === atMs) return;
  atMs = instant;
  for (const listener of listeners) listener();
}

export const useCrosshair = (): number | null =>
  useSyncExternalStore(
    subscribe,
    () => atMs,
    () => null,
  );
