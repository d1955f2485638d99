"use client";
import { useRef, useState } from "react";

type Props<T> = { value: T; children: (value: T) => React.ReactNode };

/** Stays as it is while the pointer is on it: rows that are sorted by figures must not move under a hand that is about to press. */
export function Steady<T>({ value, children }: Props<T>) {
  const [isHeld, setHeld] = useState(false);
  const kept = useRef(value);
  if (!isHeld) kept.current = value;
  return (
    <div onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}>
      {children(kept.current)}
    </div>
  );
}
