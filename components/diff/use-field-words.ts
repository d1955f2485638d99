"use client";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { fieldAt } from "#components/pools/setting-groups.ts";
import { useSettingText } from "#components/pools/use-setting-text.ts";
import { proxyFieldAt } from "#components/proxy/proxy-setting-groups.ts";
import { useProxySettingText } from "#components/proxy/use-proxy-setting-text.ts";
import { told, valueText } from "#lib/client/json-diff.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { ConfigChange } from "#lib/contracts/operations.ts";

type Kind = ConfigChange["kind"];
export type FieldWords = {
  /** A field as the forms call it; its path where they do not. */
  label: (kind: Kind, path: string) => string;
  /** Its value as people read it. */
  value: (kind: Kind, path: string, value: unknown) => string;
};

/** Paths of what is told in the words of the form of pools, though it is told member by member. */
const POOL_MEMBERS = /^(hashKey|stickiness)\./;
const HEADER = /^(requestHeaders|responseHeaders)\.set\.(.+)$/;
const CONDITION = "match.headers.";
const isMs = (path: string) => /Ms$/.test(path);

/** Tells fields and values of differences in the words of the forms. */
export function useFieldWords(): FieldWords {
  const t = useTranslations("diff");
  const pool = useTranslations("pool");
  const proxy = useTranslations("proxy");
  const settings = useTranslations("pool.settings");
  const pools = useTranslations("pools");
  const nodes = useTranslations("nodes.form");
  const routes = useTranslations("routes.form");
  const formats = useFormats();
  const poolText = useSettingText();
  const proxyText = useProxySettingText();
  return useMemo(() => {
    const plain = (path: string, value: unknown): string => {
      if (typeof value === "boolean") return settings(value ? "on" : "off");
      if (typeof value === "number") return isMs(path) && value > 0 ? formats.duration(value) : formats.integer(value);
      if (path === "quota.per") return nodes(`periods.${value as "day"}`);
      if (path === "hedge") return routes(`hedges.${value as "safe"}`);
      if (path === "action.kind") return routes(`kinds.${value as "respond"}`);
      if (path === "hashKey.from") return pools(`hashFrom.${value as "path"}`);
      if (path === "rateLimit.key.from") return routes(`keys.${value as "route"}`);
      if (value === "" || (Array.isArray(value) && value.length === 0)) return settings("none");
      if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
      return Array.isArray(value) ? JSON.stringify(value, told, 1) : valueText(value);
    };
    const label = (kind: Kind, path: string): string => {
      if (kind === "pool") {
        const field = fieldAt(path);
        if (field) return pool(`setting.${field.path}.label`);
        if (POOL_MEMBERS.test(path)) return pool("setting.hashKey.label");
      }
      const ofProxy = kind === "proxy" ? proxyFieldAt(path) : undefined;
      if (ofProxy) return proxy(`setting.${ofProxy.path}.label`);
      const [, edits, header] = HEADER.exec(path) ?? [];
      if (edits && header) return t("headerSet", { of: t(`field.${edits as "requestHeaders"}`), name: header });
      if (path.startsWith(CONDITION)) return t("headerCondition", { name: path.slice(CONDITION.length) });
      const key = path.replaceAll(".", "_");
      return t.has(`field.${key as "name"}`) ? t(`field.${key as "name"}`) : path;
    };
    const value = (kind: Kind, path: string, of: unknown): string => {
      if (of === null || of === undefined) return valueText(of);
      if (kind === "pool" && fieldAt(path)) return poolText(path, of);
      if (kind === "proxy" && proxyFieldAt(path)) return proxyText(path, of);
      return plain(path, of);
    };
    return { label, value };
  }, [t, pool, proxy, settings, pools, nodes, routes, formats, poolText, proxyText]);
}
