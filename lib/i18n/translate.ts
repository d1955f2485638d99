// Texts in a given language for what has no browser: notifications.
import { createTranslator } from "use-intl/core";
import type { Locale } from "./locales.ts";
import { MESSAGES } from "./messages/index.ts";
import { reasonText } from "./reason-text.ts";

function textsIn(locale: Locale) {
  const messages = MESSAGES[locale];
  const base = { locale, messages, timeZone: "UTC" } as const;
  const status = createTranslator({ ...base, namespace: "status" });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  return {
    alerts: createTranslator({ ...base, namespace: "alerts" }),
    notifications: createTranslator({ ...base, namespace: "notifications" }),
    status,
    reason: (code: string) => reasonText(status, (part) => share.format(part), code),
  };
}
export type Texts = ReturnType<typeof textsIn>;

const known = new Map<Locale, Texts>();

export function textsOf(locale: Locale): Texts {
  const texts = known.get(locale) ?? textsIn(locale);
  known.set(locale, texts);
  return texts;
}
