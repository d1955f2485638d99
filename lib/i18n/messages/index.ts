import type { Locale } from "../locales.ts";
import { en } from "./en/index.ts";
import { zhCN } from "./zh-CN/index.ts";

/** Shape of every language: that of English. */
export type Messages = typeof en;
export const MESSAGES: Record<Locale, Messages> = { en, "zh-CN": zhCN };
