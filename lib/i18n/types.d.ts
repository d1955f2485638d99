import type { Locale as AppLocale } from "./locales.ts";
import type { Messages as AppMessages } from "./messages/index.ts";

// Makes every message key and every argument checked by the compiler.
declare module "next-intl" {
  interface AppConfig {
    Locale: AppLocale;
    Messages: AppMessages;
  }
}

declare global {
  /** Of every language; on the server alone (request.ts). */
  var gbMessages: Record<AppLocale, AppMessages> | undefined;
}
