"use client";
import { useTranslations } from "next-intl";
import { useFormats } from "#lib/client/use-formats.ts";
import { type Labels, labelTexts } from "#lib/contracts/config/labels.ts";
import { ALGORITHMS, type HeaderSetting, type Stickiness } from "#lib/contracts/config.ts";
import { type ExpectationRow, expectationRow, headersText } from "./health-values.ts";
import { fieldAt, optionKey, type SettingOption } from "./setting-groups.ts";
import { statusesText } from "./statuses.ts";
import { type StickinessPath, tellingStickiness } from "./stickiness-values.ts";
import { useClassText } from "./use-class-text.ts";

const isAlgorithm = (value: unknown): value is (typeof ALGORITHMS)[number] =>
  (ALGORITHMS as readonly unknown[]).includes(value);

/** Tells a setting's value to people: `5 sec`, `50 %`, `on`, `100-499`. */
export function useSettingText(): (path: string, value: unknown) => string {
  const t = useTranslations("pool");
  const pools = useTranslations("pools");
  const proxy = useTranslations("proxy");
  const formats = useFormats();
  const classText = useClassText();
  const expectationText = ({ kind, subject, operand }: ExpectationRow) =>
    [t(`expectation.kind.${kind}`), subject, operand].filter(Boolean).join(" ");
  const text = (path: string, value: unknown): string => {
    const kind = fieldAt(path)?.kind;
    if (kind === "share") return value === null ? t("settings.asProxy") : formats.percent(value as number);
    if (kind === "rhythm" && value === null) return t("settings.asWhole");
    if (kind === "headers" && typeof value === "object" && value !== null)
      return headersText(value as Record<string, HeaderSetting>) || t("settings.none");
    if (kind === "expectations" && Array.isArray(value) && value.length > 0)
      return value.map((each) => expectationText(expectationRow(each))).join("; ");
    if (kind === "classes" && Array.isArray(value) && value.length > 0) return value.map(classText).join("; ");
    if (kind === "labels" && typeof value === "object" && value !== null)
      return labelTexts(value as Labels).join(", ") || t("settings.none");
    if (value === "" || (Array.isArray(value) && value.length === 0)) return t("settings.none");
    // Long, and to nobody's eye: how many there are says more.
    if (kind === "pem") return proxy("certificates", { count: String(value).split("-----BEGIN CERT").length - 1 });
    if (typeof value === "boolean") return t(value ? "settings.on" : "settings.off");
    if (Array.isArray(value))
      return value.every((each) => typeof each === "number") ? value.join(", ") : statusesText(value);
    if (typeof value === "number") {
      if (kind === "factor") return `${formats.exact.number(value)} ×`;
      return kind === "percent" ? formats.exact.percent(value) : formats.exact.setting(path, value);
    }
    if (isAlgorithm(value)) return pools(`algorithm.${value}`);
    if (kind === "select") return t(`option.${optionKey(value as SettingOption, path)}`);
    if (path === "hashKey") {
      const { from, name } = value as { from: "path"; name?: string };
      return [pools(`hashFrom.${from}`), name].filter(Boolean).join(" ");
    }
    if (path === "stickiness") {
      const stickiness = value as Stickiness;
      const told = tellingStickiness(stickiness).map(([at, each]) =>
        t("settings.named", { label: t(`setting.${at as StickinessPath}.label`), value: text(at, each) }),
      );
      return [text("stickiness.mode", stickiness.mode), ...told].join(", ");
    }
    return String(value);
  };
  return text;
}
