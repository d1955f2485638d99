"use client";
import { useTranslations } from "next-intl";
import { useFormats } from "#lib/client/use-formats.ts";
import { ALERT_KINDS, type AlertKind, type AlertRule } from "#lib/contracts/config/alert-rule.ts";
import { type LabelMatcher, labelMatcherText } from "#lib/contracts/config/labels.ts";

/** `alertRules.<key>.<field>`: rules of alerts are settings of the proxy, but have a form of their own. */
const RULE = /^alertRules\.([^.]+)\.(.+)$/;
const FIELDS = {
  forMs: "for",
  clearForMs: "clearFor",
  "scope.pools": "pools",
  "scope.nodes": "nodes",
  "scope.labels": "labels",
} as const;
const OWN = ["name", "enabled", "level", "groupBy"] as const;
type BurnWindow = Extract<AlertRule["condition"], { kind: "slo-burn" }>["windows"][number];

const isKind = (key: string): key is AlertKind => (ALERT_KINDS as readonly string[]).includes(key);
const isOwn = (field: string): field is (typeof OWN)[number] => (OWN as readonly string[]).includes(field);

/** Tells fields and values of alert rules in the words of their form; null: it is none. */
export function useRuleWords() {
  const t = useTranslations("rules");
  const diff = useTranslations("diff");
  const kinds = useTranslations("notifications.rules");
  const formats = useFormats();
  const fieldOf = (field: string): string => {
    if (field in FIELDS) return t(FIELDS[field as keyof typeof FIELDS]);
    if (field === "condition.kind") return t("kind");
    if (field === "condition.windows") return t("burn.title");
    if (isOwn(field)) return t(field);
    const key = field.replace(/^condition\./, "") as "windowMs";
    return t.has(`field.${key}`) ? t(`field.${key}`) : field;
  };
  const pair = ({ shortMs, longMs, burnRate }: BurnWindow) =>
    t("burn.pair", {
      short: formats.exact.duration(shortMs),
      long: formats.exact.duration(longMs),
      rate: formats.exact.number(burnRate),
    });
  return {
    label: (path: string): string | null => {
      const [, key = "", field] = RULE.exec(path) ?? [];
      return field === undefined ? null : diff("rule", { rule: isKind(key) ? kinds(key) : key, field: fieldOf(field) });
    },
    value: (path: string, value: unknown): string | null => {
      const [, , field] = RULE.exec(path) ?? [];
      switch (field) {
        case "condition.kind":
          return kinds(value as AlertKind);
        case "condition.of":
          return t(`of.${value as "pool"}`);
        case "condition.percentile":
          return `P${value}`;
        case "condition.windows":
          return (value as BurnWindow[]).map(pair).join("; ");
        case "scope.labels":
          return (value as LabelMatcher[]).map(labelMatcherText).join("; ");
        case "groupBy":
          return t(`group.${value as "none"}`);
        default:
          return null;
      }
    },
  };
}
