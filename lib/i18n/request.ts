import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { chooseLocale, LOCALE_COOKIE } from "./locales.ts";
import { MESSAGES } from "./messages/index.ts";
import { chooseTimeZone, TIME_ZONE_COOKIE } from "./time-zone.ts";

// Components that browsers run too read them here while the server draws: given to them, they would stand in every page.
globalThis.gbMessages = MESSAGES;

export default getRequestConfig(async () => {
  const told = await cookies();
  const locale = chooseLocale(told.get(LOCALE_COOKIE)?.value, (await headers()).get("accept-language"));
  return { locale, messages: MESSAGES[locale], timeZone: chooseTimeZone(told.get(TIME_ZONE_COOKIE)?.value) };
});
