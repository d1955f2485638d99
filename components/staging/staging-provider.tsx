"use client";
import { StagingContext, useStagingValue } from "./use-change-set.ts";

/** Lets everything below know where edits go, and what is staged. */
export function StagingProvider({ children }: { children: React.ReactNode }) {
  return <StagingContext value={useStagingValue()}>{children}</StagingContext>;
}
