// What an alert is about, and what was measured, in words: for the dashboard and for notifications.
import type { _Translator as Translator } from "use-intl/core";
import { ALERT_METRICS, isAlertMetric, type MetricUnit } from "#lib/contracts/alert-metrics.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import type { Messages } from "./messages/index.ts";

type AlertsText = Translator<Messages, "alerts">;
export type AlertWords = Pick<Alert, "rule" | "ruleName" | "subjectName" | "nodeName" | "consecutiveFailures">;

/** One line; a rule that has a name is called by it. */
export function alertHeadline(t: AlertsText, alert: AlertWords): string {
  const node = alert.subjectName || alert.nodeName;
  if (alert.ruleName !== "") return t("named", { rule: alert.ruleName, subject: node || t("system") });
  return t(`headline.${alert.rule}`, { node: node || t("system"), count: alert.consecutiveFailures });
}

/** `5 min`, `30 s`, `2 h`: the same in every language. */
export function spanText(ms: number): string {
  if (ms >= 172_800_000) return `${Math.round(ms / 86_400_000)} d`;
  if (ms >= 7_200_000) return `${Math.round((ms / 3_600_000) * 10) / 10} h`;
  return ms >= 120_000 ? `${Math.round((ms / 60_000) * 10) / 10} min` : `${Math.round(ms / 1_000)} s`;
}

/** A figure with its unit. */
export function figureText(locale: string, unit: MetricUnit, value: number): string {
  const number = (digits: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  switch (unit) {
    case "ms":
      return `${number(value < 10 ? 1 : 0)} ms`;
    case "ratio":
      return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(value);
    case "count":
      return number(0);
    case "per-second":
      return `${number(1)}/s`;
    case "bytes":
      return `${new Intl.NumberFormat(locale, { notation: "compact" }).format(value)}B`;
    case "bytes-per-second":
      return `${new Intl.NumberFormat(locale, { notation: "compact" }).format(value)}B/s`;
  }
}

/** What was measured against what it was held to; empty: there are no figures to tell. */
export function alertFigures(
  t: AlertsText,
  locale: string,
  { rule, figures }: Pick<Alert, "rule" | "figures">,
): string {
  const { metric, value, limit, windowMs, names, nodes, requests, failures, slow } = figures;
  const parts: string[] = [];
  if (typeof value === "number" && typeof limit === "number") {
    if (typeof metric === "string" && isAlertMetric(metric)) {
      const { unit } = ALERT_METRICS[metric];
      const told = { value: figureText(locale, unit, value), limit: figureText(locale, unit, limit) };
      parts.push(t("figures.measured", { metric: t(`metric.${metric}`), ...told }));
    } else if (rule === "slo-burn") {
      parts.push(t("figures.burn", { value: Math.round(value * 10) / 10, limit }));
    } else if (rule === "certificate-expiry") parts.push(t("figures.left", { value: spanText(value) }));
    else if (limit >= 1_000) parts.push(t("figures.lasted", { value: spanText(value), limit: spanText(limit) }));
  }
  if (typeof failures === "number" && typeof slow === "number" && typeof requests === "number")
    parts.push(t("figures.breaker", { failures, slow, requests }));
  if (typeof windowMs === "number") parts.push(t("figures.window", { window: spanText(windowMs) }));
  if (typeof names === "string" && typeof nodes === "number") parts.push(t("figures.nodes", { count: nodes, names }));
  return parts.join(t("figures.joint"));
}
