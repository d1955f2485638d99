"use client";
import { useLocale, useTimeZone } from "next-intl";
import { type Formats, makeFormats } from "./format.ts";
import { useShownZone } from "./preferences.ts";

// Making Intl formatters is slow and every row wants them: one set for each language and zone.
const known = new Map<string, Formats>();

/** Formatters in the chosen language and time zone. */
export function useFormats(): Formats {
  const locale = useLocale();
  const timeZone = useShownZone(useTimeZone() ?? "UTC");
  const key = `${locale} ${timeZone}`;
  const formats = known.get(key) ?? makeFormats(locale, timeZone);
  known.set(key, formats);
  return formats;
}
