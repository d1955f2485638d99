"use client";
import { useEffect, useRef, useState } from "react";

/** Drawn a little before it comes on screen. */
const MARGIN = "120px";

/**
 * The newest value while the element of `ref` is on screen; else the one that it was left with, so that nothing is drawn
 * that nobody sees.
 */
export function useShown<T>(value: T): { ref: React.RefObject<HTMLDivElement | null>; shown: T } {
  const ref = useRef<HTMLDivElement>(null);
  const [isOnScreen, setOnScreen] = useState(true);
  const kept = useRef(value);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new IntersectionObserver((entries) => setOnScreen(entries.at(-1)?.isIntersecting ?? true), {
      rootMargin: MARGIN,
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  if (isOnScreen) kept.current = value;
  return { ref, shown: kept.current };
}
