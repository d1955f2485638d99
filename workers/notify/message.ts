// What is said in one message: one alert, or several that came together. Each channel's own form is made from this.

import { labelTexts } from "#lib/contracts/config/labels.ts";
import { alertFigures, alertHeadline } from "#lib/i18n/alert-text.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import type { Locale } from "#lib/i18n/locales.ts";
import { type Texts, textsOf } from "#lib/i18n/translate.ts";
import type { AlertTold, DueDelivery } from "#lib/store/control/notifications.ts";

export type MessageItem = {
  event: DueDelivery["event"];
  headline: string;
  /** Name and value of what is known besides, in the channel's language. */
  facts: readonly (readonly [name: string, value: string])[];
  /** Page of the dashboard; null: its address is not known. */
  link: string | null;
  /** Null: of a test. */
  alert: AlertTold | null;
};
export type Message = {
  /** One line that says the most important. */
  title: string;
  items: readonly MessageItem[];
  /** Words of the link. */
  openLabel: string;
  /** All that it tells has ended. */
  isGood: boolean;
  /** Of the most urgent alert that fires; 4: none does. */
  level: number;
};

export type MessageContext = { language: Locale; channelName: string; dashboardUrl: string | null };

/** @param due at least one */
export function messageOf(due: readonly DueDelivery[], context: MessageContext): Message {
  const texts = textsOf(context.language);
  const items = due.map((delivery) => inLines(itemOf(delivery, texts, context)));
  const firing = items.filter(({ event }) => event === "fired");
  const level = Math.min(4, ...firing.map(({ alert }) => alert?.level ?? 4));
  const [only] = items;
  return {
    title: items.length === 1 && only ? only.headline : digestTitle(items, texts),
    items,
    openLabel: texts.notifications("message.open"),
    isGood: items.every(({ event }) => event !== "fired"),
    level,
  };
}

/** What a node or a person wrote may hold ends of lines and what turns the direction of text: none of it may pass for another fact. */
const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ");
const inLines = (item: MessageItem): MessageItem => ({
  ...item,
  headline: oneLine(item.headline),
  facts: item.facts.map(([name, value]) => [name, oneLine(value)] as const),
});

function digestTitle(items: readonly MessageItem[], texts: Texts): string {
  const fired = items.filter(({ event }) => event === "fired").length;
  const resolved = items.filter(({ event }) => event === "resolved").length;
  if (fired + resolved === 0) return texts.notifications("message.test");
  const both = fired > 0 && resolved > 0 ? "yes" : "no";
  return `Gemini Balance: ${texts.notifications("message.many", { fired, resolved, both })}`;
}

function itemOf(
  { event, alert }: DueDelivery,
  texts: Texts,
  { channelName, dashboardUrl, language }: MessageContext,
): MessageItem {
  const t = texts.notifications;
  if (event === "test") {
    const facts = [["Gemini Balance", t("message.testText", { channel: channelName })]] as const;
    return { event, headline: t("message.test"), facts, link: dashboardUrl, alert: null };
  }
  if (alert === null) return { event, headline: t("message.gone"), facts: [], link: dashboardUrl, alert };
  const about = alertHeadline(texts.alerts, alert);
  const headline =
    event === "fired"
      ? t("message.fired", { level: alert.level, headline: about })
      : t("message.resolved", { headline: about });
  const link = dashboardUrl && new URL(`/alerts/${alert.id}`, dashboardUrl).href;
  return { event, headline, facts: factsOf(alert, texts, language), link, alert };
}

function factsOf(alert: AlertTold, texts: Texts, language: Locale): MessageItem["facts"] {
  const t = texts.notifications;
  const level = alert.checkLevel ? `${texts.status(`checkLevel.${alert.checkLevel}`)}: ` : "";
  const why = [`${level}${texts.reason(alert.reason)}`, detailText(texts.status, alert.detail)]
    .filter((part) => part !== "")
    .join(" – ");
  const facts: [string, string][] = [
    [t("message.pool"), alert.poolName],
    [t("message.labels"), labelTexts(alert.labels).join(", ")],
    [t("message.why"), why],
    [t("message.measured"), alertFigures(texts.alerts, language, alert)],
    [t("message.expected"), alert.expectedBy],
    [t("message.since"), timeOf(alert.firedMs)],
  ];
  if (alert.resolvedMs !== null) facts.push([t("message.lasted"), lastedOf(alert.resolvedMs - alert.firedMs)]);
  return facts.filter(([, value]) => value !== "");
}

/** Whoever reads it may be anywhere: `2026-11-28 03:20:11 UTC`. */
const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** `1 h 3 min`, `42 s`: the same in every language. */
function lastedOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const told = parts.filter(([count]) => count > 0).slice(0, 2);
  return told.length === 0 ? "0 s" : told.map(([count, unit]) => `${count} ${unit}`).join(" ");
}
