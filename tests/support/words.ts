// The words of the dashboard without a browser: what hooks that make text give, in one language.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { NextIntlClientProvider } from "next-intl";
import { createElement, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import type { Locale } from "#lib/i18n/locales.ts";
import { MESSAGES } from "#lib/i18n/messages/index.ts";

/** What `useWords` returns to a component of a page in `locale`. A missing message throws. */
export function wordsIn<T>(locale: Locale, useWords: () => T): T {
  let words: { told: T } | undefined;
  const Asks = (): ReactNode => {
    words = { told: useWords() };
    return null;
  };
  const onError = (error: Error) => {
    throw error;
  };
  const provided = { locale, messages: MESSAGES[locale], timeZone: "UTC", onError };
  // Called as a function it would have no children of its own: they are its last argument.
  const page = createElement(NextIntlClientProvider, provided as never, createElement(Asks));
  renderToStaticMarkup(createElement(QueryClientProvider, { client: new QueryClient() }, page));
  if (!words) throw new Error("nothing was rendered");
  return words.told;
}
