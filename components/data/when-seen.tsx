"use client";
import { useSeen } from "#lib/client/use-seen.ts";

/** The end of a page, made when somebody scrolls near it: nothing stands below that it could move. */
export function WhenSeen({ children }: { children: React.ReactNode }) {
  const { ref, isSeen } = useSeen<HTMLDivElement>();
  return isSeen ? children : <div ref={ref} />;
}
