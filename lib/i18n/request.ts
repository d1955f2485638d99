import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { chooseLocale, LOCALE_COOKIE } from "./locales.ts";
import { MESSAGES } from "./messages/index.ts";

// Components that browsers run too read them here while the server draws: given to them, they would stand in every page.
globalThis.gbMessages = MESSAGES;

export default getRequestConfig(async () => {
  const locale = chooseLocale((await cookies()).get(LOCALE_COOKIE)?.value, (await headers()).get("accept-language"));
  // Times are formatted in the browser, where its zone is known (lib/client/use-formats.ts); the server formats none.
  return { locale, messages: MESSAGES[locale], timeZone: "UTC" };
});
