"use client";
import { useLocale } from "next-intl";
import { type Formats, makeFormats } from "./format.ts";
import { useTimeZone } from "./time-zone.tsx";

// Every row wants them: one set for each language and zone.
const known = new Map<string, Formats>();

/** Formatters in the chosen language and time zone. */
export function useFormats(): Formats {
  const locale = useLocale();
  const timeZone = useTimeZone();
  const key = `${locale} ${timeZone}`;
  const formats = known.get(key) ?? makeFormats(locale, timeZone);
  known.set(key, formats);
  return formats;
}
