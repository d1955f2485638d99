"use client";
import { useTranslations } from "next-intl";
import { headersText } from "#components/pools/health-values.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { HeaderSetting } from "#lib/contracts/config.ts";
import { optionKey, proxyFieldAt } from "./proxy-setting-groups.ts";

/** Tells a setting's value to people: `10 sec`, `32,768`, `on`. */
export function useProxySettingText(): (path: string, value: unknown) => string {
  const t = useTranslations("pool.settings");
  const proxy = useTranslations("proxy");
  const formats = useFormats();
  return (path, value) => {
    if (typeof value === "boolean") return t(value ? "on" : "off");
    if (typeof value === "number" && proxyFieldAt(path)?.kind === "percent") return formats.exact.percent(value);
    if (typeof value === "number") return formats.exact.setting(path, value);
    if (Array.isArray(value)) return value.length === 0 ? t("none") : value.join(", ");
    const kind = proxyFieldAt(path)?.kind;
    if (kind === "headers") return headersText(value as Record<string, HeaderSetting>) || t("none");
    if (value === "") return t("none");
    if (kind === "select") return proxy(`option.${optionKey(String(value))}`);
    // Long, and to nobody's eye: how many there are says more.
    if (kind === "pem")
      return value === "" ? t("none") : proxy("certificates", { count: certificateCount(String(value)) });
    return String(value);
  };
}

const certificateCount = (pem: string): number => pem.split("-----BEGIN CERTIFICATE-----").length - 1;
