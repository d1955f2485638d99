"use client";
import { useLocale } from "next-intl";
import { type Formats, makeFormats } from "./format.ts";
import { useTimeZoneChoice } from "./preferences.ts";

// Making Intl formatters is slow and every row wants them: one set for each language and zone.
const known = new Map<string, Formats>();

// Asking Intl for it is as slow, and it changes with the browser's settings only.
let browserZone: string | undefined;
function zoneOfBrowser(): string {
  browserZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return browserZone;
}

/** Formatters in the chosen language and time zone. */
export function useFormats(): Formats {
  const locale = useLocale();
  const timeZone = useTimeZoneChoice() === "utc" ? "UTC" : zoneOfBrowser();
  const key = `${locale} ${timeZone}`;
  const formats = known.get(key) ?? makeFormats(locale, timeZone);
  known.set(key, formats);
  return formats;
}
