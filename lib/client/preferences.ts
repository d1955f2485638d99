"use client";
import { useEffect, useSyncExternalStore } from "react";
import { LOCALE_COOKIE, type Locale } from "#lib/i18n/locales.ts";
import { TIME_ZONE_COOKIE } from "#lib/i18n/time-zone.ts";

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

// Asking Intl for it is slow, and it changes with the browser's settings only.
let browserZone: string | undefined;
/** IANA name of the browser's zone. */
export function zoneOfBrowser(): string {
  browserZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return browserZone;
}

const readZone = (): string => (readChoice() === "utc" ? "UTC" : zoneOfBrowser());

/** Remembers the zone that times are shown in for the server, which draws in it from the next request on. */
function rememberZone(zone: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing outside secure contexts
  document.cookie = `${TIME_ZONE_COOKIE}=${zone}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

/** Which zone times are shown in, remembered over visits; also changes when another tab changes it. */
export function useTimeZoneChoice(): TimeZoneChoice {
  return useSyncExternalStore(subscribe, readChoice, () => "browser");
}

/** IANA name of the zone that times are shown in. `drawnIn`: the one that the server drew in, until this page's code is there. */
export function useShownZone(drawnIn: string): string {
  return useSyncExternalStore(subscribe, readZone, () => drawnIn);
}

/** Keeps the server told of the zone. */
export function useRememberedZone(): void {
  const zone = useSyncExternalStore(subscribe, readZone, () => null);
  useEffect(() => {
    if (zone !== null) rememberZone(zone);
  }, [zone]);
}
