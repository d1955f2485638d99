// The messages of a language as a file that a browser keeps: within each page they would be most of it.
import { createHash } from "node:crypto";
import { LOCALES, type Locale } from "#lib/i18n/locales.ts";
import { MESSAGES } from "#lib/i18n/messages/index.ts";

const HASH_CHARACTERS = 16;

const FILES = new Map(
  LOCALES.map((locale) => {
    const text = JSON.stringify(MESSAGES[locale]);
    const hash = createHash("sha256").update(text).digest("hex").slice(0, HASH_CHARACTERS);
    return [locale, { name: `${locale}.${hash}.json`, text }] as const;
  }),
);

/** Its address: another text, another address. */
export const messagesUrl = (locale: Locale): string => `/messages/${FILES.get(locale)?.name}`;

/**
 * The file of that name. One of another version is answered by that of this one, for a page that came just before an upgrade.
 * @returns null for what names no language
 */
export function messagesFile(name: string): { text: string; isCurrent: boolean } | null {
  const [locale] = name.split(".");
  const file = FILES.get(locale as Locale);
  return file ? { text: file.text, isCurrent: file.name === name } : null;
}
