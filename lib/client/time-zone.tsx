"use client";
import { useTimeZone as useDrawnZone } from "next-intl";
import { createContext, useContext, useDeferredValue } from "react";
import { useShownZone } from "./preferences.ts";

const TimeZoneContext = createContext("UTC");

/**
 * The zone of all times below. Another one than the server drew in changes nearly everything on a page, hence bit by bit, so
 * that presses are answered in between.
 */
export function TimeZoneProvider({ children }: { children: React.ReactNode }) {
  const zone = useShownZone(useDrawnZone() ?? "UTC");
  return <TimeZoneContext value={useDeferredValue(zone)}>{children}</TimeZoneContext>;
}

/** IANA name of the zone that times are shown in. */
export const useTimeZone = (): string => useContext(TimeZoneContext);
