/** Languages of the dashboard, in the order the switch offers them; the first is the fallback. */
export const LOCALES = ["en", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];
/** Each language by its own name. */
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", "zh-CN": "简体中文" };
export const LOCALE_COOKIE = "gb_locale";

const isLocale = (value: string | undefined): value is Locale => LOCALES.includes(value as Locale);

/**
 * The language to show: what was chosen, else the best of the browser's `Accept-Language` (RFC 9110 §12.5.4), else English.
 * Any Chinese is answered in zh-CN, as there is no other Chinese to offer.
 */
export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(cookie)) return cookie;
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().split(";");
      const quality = parameters.find((p) => p.trim().startsWith("q="));
      return {
        language: tag.trim().toLowerCase().split("-")[0],
        quality: quality ? Number(quality.trim().slice(2)) : 1,
      };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { language } of wanted) {
    const match = LOCALES.find((locale) => locale.toLowerCase().split("-")[0] === language);
    if (match) return match;
  }
  return LOCALES[0];
}
