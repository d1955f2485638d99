"use client";
import { useTranslations } from "next-intl";
import { useFormats } from "#lib/client/use-formats.ts";
import type { RequestClass } from "#lib/contracts/config.ts";

/** Tells a request class with all that it says: of two that differ, both sides of a difference must not read the same. */
export function useClassText(): (told: RequestClass) => string {
  const t = useTranslations("pool.requestClass");
  const named = useTranslations("pool.settings");
  const formats = useFormats();
  return ({ name, header, pathPrefixes, ...limits }) => {
    const number = (path: "maxQueue" | "queueMs" | "reservedRatio") =>
      named("named", { label: t(path), value: formats.exact.setting(path, limits[path]) });
    const parts = [
      header && `${header.name}: ${header.values.join(" | ")}`,
      ...pathPrefixes,
      number("maxQueue"),
      number("queueMs"),
      number("reservedRatio"),
    ];
    return `${name} (${parts.filter(Boolean).join(", ")})`;
  };
}
