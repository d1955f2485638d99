"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useWarningText } from "#components/changes/sets/use-warning-text.ts";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { valueText } from "#lib/client/json-diff.ts";
import { poolsQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { type LabelMatcher, labelMatcherText } from "#lib/contracts/config/labels.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import { LOCALE_NAMES, type Locale } from "#lib/i18n/locales.ts";
import { useOperationText } from "./use-operation-text.ts";

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;
type Probe = { passed: boolean; levels: readonly string[] };
/** Tells one value; null: it is told as what it is (text, number, time). */
type Teller = (value: never) => string | null;

/** Tells values of entries that are of no configuration: people, tokens, silences, operations, … */
export function useAuditValue(): (path: string, value: unknown) => string {
  const formats = useFormats();
  const yes = useTranslations("audit");
  const settings = useTranslations("pool.settings");
  const coded = useCodes();
  const plain = (path: string, value: unknown): string => {
    if (typeof value === "boolean") return yes(value ? "yes" : "no");
    if (typeof value === "number") return formats.exact.setting(path, value);
    if (typeof value === "string" && TIMESTAMP.test(value))
      return `${formats.dateTime(value)} ${formats.zone(Date.parse(value))}`;
    if (value === "" || (Array.isArray(value) && value.length === 0)) return settings("none");
    if (Array.isArray(value) && value.every((each) => typeof each !== "object"))
      return value.map((each) => plain(path, each)).join(", ");
    return valueText(value);
  };
  return (path, value) => {
    if (value === null || value === undefined) return valueText(value);
    const teller = coded[path.split(".").at(-1) ?? ""];
    return teller?.(value as never) ?? plain(path, value);
  };
}

/** Codes by the field that they stand in. */
function useCodes(): Record<string, Teller> {
  const t = useTranslations("audit.value");
  const roles = useTranslations("common.role");
  const people = useTranslations("settings.people.state");
  const facts = useTranslations("nodes.factValue");
  const kinds = useTranslations("notifications");
  const windows = useTranslations("silences.window");
  const refused = useTranslations("signIn.oidc.failed");
  const keys = useTranslations("canary.field.key");
  const status = useTranslations("status");
  const reasonText = useReasonText();
  const warningText = useWarningText();
  const operationText = useOperationText();
  const pools = useQuery(poolsQuery).data ?? [];
  const rule = (code: string) => (kinds.has(`rules.${code as "latency"}`) ? kinds(`rules.${code as "latency"}`) : code);
  const all = (values: readonly unknown[], tell: (value: string) => string) =>
    values.length === 0 ? null : values.map((value) => tell(String(value))).join(", ");
  return {
    role: (value: "viewer") => roles(value),
    state: (value: "active") => (people.has(value) ? people(value) : null),
    admin: (value: "ready") => facts(value),
    breakerOrder: (value: "trip") => t(`breakerOrder.${value}`),
    kind: (value: "slack") => (kinds.has(`kind.${value}`) ? kinds(`kind.${value}`) : null),
    rule,
    rules: (values: string[]) => all(values, rule),
    kinds: (values: string[]) => all(values, rule),
    language: (value: Locale) => LOCALE_NAMES[value] ?? value,
    mode: (value: "mute") => windows(`modes.${value}`),
    labels: (values: LabelMatcher[]) => (Array.isArray(values) ? all(values.map(labelMatcherText), String) : null),
    weekdays: (values: number[]) =>
      values.length === 0 ? windows("everyDay") : all(values, (day) => windows(`day.${day as "1"}`)),
    poolIds: (values: string[] | null) =>
      values &&
      all(values, (id) => pools.find((pool) => pool.id === id)?.name ?? t("gonepool", { id: id.slice(0, 8) })),
    from: (value: "header") => (keys.has(value) ? keys(value) : null),
    through: (value: string) => (value === "oidc" ? t("oidc") : value),
    detail: (value: string) => detailText(status, value),
    reason: (value: "denied") =>
      refused.has(value)
        ? refused(value)
        : t.has(`reason.${value as "wrong-password"}`)
          ? t(`reason.${value as "wrong-password"}`)
          : value,
    confirmed: (values: string[]) => all(values, (id) => warningText({ code: id.split(":")[0] ?? id, message: id })),
    results: (values: Probe[]) => values.map(({ levels }) => levels.map(checkText).join(", ")).join("; "),
    operations: (value: unknown) => (Array.isArray(value) ? value.map(operationText).join("; ") : null),
    resolutions: (values: { take: "mine" }[]) =>
      t("resolutions", {
        mine: values.filter(({ take }) => take === "mine").length,
        theirs: values.filter(({ take }) => take !== "mine").length,
      }),
  };

  function checkText(told: string): string {
    const [level = "", reason = ""] = told.split(": ");
    return t("check", { level: t(`level.${level as "tcp"}`), reason: reasonText(reason) });
  }
}
