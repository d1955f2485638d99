"use client";
import { useSyncExternalStore } from "react";
import { LOCALE_COOKIE, type Locale } from "#lib/i18n/locales.ts";

const YEAR_S = 31_536_000;
const TIME_ZONE_KEY = "gb_time_zone";
export type TimeZoneChoice = "browser" | "utc";

/** Remembers the language for the server, which renders in it from the next request on. */
export function rememberLocale(locale: Locale): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing outside secure contexts
  document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

const listeners = new Set<() => void>();
const notify = () => {
  for (const listener of listeners) listener();
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

// Storage may be forbidden (private windows, policies): then the choice lasts as long as the page.
let fallback: TimeZoneChoice = "browser";
function readChoice(): TimeZoneChoice {
  try {
    return window.localStorage.getItem(TIME_ZONE_KEY) === "utc" ? "utc" : "browser";
  } catch {
    return fallback;
  }
}

export function chooseTimeZone(choice: TimeZoneChoice): void {
  fallback = choice;
  try {
    window.localStorage.setItem(TIME_ZONE_KEY, choice);
  } catch {
    // kept in `fallback`
  }
  notify();
}

/** Which zone times are shown in, remembered over visits; also changes when another tab changes it. */
export function useTimeZoneChoice(): TimeZoneChoice {
  return useSyncExternalStore(subscribe, readChoice, () => "utc");
}
