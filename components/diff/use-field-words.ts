"use client";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { fieldAt } from "#components/pools/setting-groups.ts";
import { useSettingText } from "#components/pools/use-setting-text.ts";
import { proxyFieldAt } from "#components/proxy/proxy-setting-groups.ts";
import { useProxySettingText } from "#components/proxy/use-proxy-setting-text.ts";
import { told, valueText } from "#lib/client/json-diff.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeCredential } from "#lib/contracts/config.ts";
import type { ConfigChange } from "#lib/contracts/operations.ts";
import { useRuleWords } from "./use-rule-words.ts";

type Kind = ConfigChange["kind"];
export type FieldWords = {
  /** A field as the forms call it; its path where they do not. */
  label: (kind: Kind, path: string) => string;
  /** Its value as people read it. */
  value: (kind: Kind, path: string, value: unknown) => string;
};

/** One header of many: `requestHeaders.set.x-tier`, `healthCheck.http.headers.x-key`, `match.headers.accept`. */
const HEADER = /^((?:request|response)Headers\.set|(?:.+\.)?headers)\.(.+)$/;
const LABEL = "labels.";

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
  const credentials = useTranslations("nodes.credentials");
  const poolText = useSettingText();
  const proxyText = useProxySettingText();
  const rules = useRuleWords();
  return useMemo(() => {
    const plain = (path: string, value: unknown): string => {
      if (typeof value === "boolean") return settings(value ? "on" : "off");
      if (path === "action.status") return String(value);
      if (typeof value === "number") return formats.exact.setting(path, value);
      if (path === "quota.per") return nodes(`periods.${value as "day"}`);
      if (path === "hedge") return routes(`hedges.${value as "safe"}`);
      if (path === "action.kind") return routes(`kinds.${value as "respond"}`);
      if (path === "hashKey.from") return pools(`hashFrom.${value as "path"}`);
      if (path === "rateLimit.key.from") return routes(`keys.${value as "route"}`);
      if (value === "" || (Array.isArray(value) && value.length === 0)) return settings("none");
      if (path === "credentials") return (value as NodeCredential[]).map(credentialText).join("; ");
      if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
      return Array.isArray(value) ? JSON.stringify(value, told, 1) : valueText(value);
    };
    const credentialText = ({ in: place, name, value }: NodeCredential) =>
      settings("named", { label: `${credentials(`in.${place}`)} ${name}`, value: valueText(value) });
    const ofForm = (kind: Kind, path: string): string | null => {
      const field = kind === "pool" ? fieldAt(path) : undefined;
      if (field) return pool(`setting.${field.path}.label`);
      const ofProxy = kind === "proxy" ? proxyFieldAt(path) : undefined;
      if (ofProxy) return proxy(`setting.${ofProxy.path}.label`);
      if (kind === "pool" && path === "hashKey.from") return pool("setting.hashKey.label");
      return kind === "proxy" ? rules.label(path) : null;
    };
    const label = (kind: Kind, path: string): string => {
      if (path.startsWith(LABEL)) return t("label", { name: path.slice(LABEL.length) });
      const known = ofForm(kind, path);
      if (known !== null) return known;
      const [, of = "", header] = HEADER.exec(path) ?? [];
      if (of === "match.headers" && header) return t("headerCondition", { name: header });
      if (header) return t("headerSet", { of: label(kind, of.replace(/\.set$/, "")), name: header });
      const key = path.replaceAll(".", "_");
      return t.has(`field.${key as "name"}`) ? t(`field.${key as "name"}`) : path;
    };
    const value = (kind: Kind, path: string, of: unknown): string => {
      if (of === null || of === undefined) return valueText(of);
      if (kind === "pool" && fieldAt(path)) return poolText(path, of);
      if (kind === "proxy" && proxyFieldAt(path)) return proxyText(path, of);
      return (kind === "proxy" ? rules.value(path, of) : null) ?? plain(path, of);
    };
    return { label, value };
  }, [t, pool, proxy, settings, pools, nodes, routes, credentials, formats, poolText, proxyText, rules]);
}
