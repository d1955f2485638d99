"use client";
import { NextIntlClientProvider } from "next-intl";
import { use } from "react";
import { patiently } from "#lib/client/patiently.ts";
import { useRememberedZone } from "#lib/client/preferences.ts";
import type { Locale } from "#lib/i18n/locales.ts";
import type { Messages } from "#lib/i18n/messages/index.ts";

const asked = new Map<string, Promise<Messages>>();

function read(url: string): Promise<Messages> {
  const known = asked.get(url);
  if (known) return known;
  const messages = patiently(async () => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return (await answer.json()) as Messages;
  })();
  asked.set(url, messages);
  return messages;
}

type Props = {
  locale: Locale;
  url: string;
  /** That the server draws times in. */
  timeZone: string;
  children: React.ReactNode;
};

/** The language of everything below. `url`: its messages, which a browser keeps; the server has them (lib/i18n/request.ts). */
export function Texts({ locale, url, timeZone, children }: Props) {
  useRememberedZone();
  const messages = typeof window === "undefined" ? globalThis.gbMessages?.[locale] : use(read(url));
  return (
    // Times are formatted in the browser's zone or in UTC (lib/client/use-formats.ts), never by messages.
    <NextIntlClientProvider locale={locale} messages={messages} timeZone={timeZone}>
      {children}
    </NextIntlClientProvider>
  );
}
