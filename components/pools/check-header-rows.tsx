"use client";
import { useTranslations } from "next-intl";
import { HeaderRows } from "#components/forms/header-rows.tsx";
import type { ConfigForm } from "#components/forms/use-config-form.ts";
import type { PoolValues } from "./setting-values.ts";

type Path = "healthCheck.http.headers" | "healthCheck.business.headers";
type Props = { form: ConfigForm<PoolValues>["form"]; path: Path; disabled: boolean };

/** What a check's request has besides: each value may be a secret. */
export function CheckHeaderRows({ form, path, disabled }: Props) {
  const t = useTranslations("forms.checkHeaders");
  const { healthCheck } = form.values;
  const level = path === "healthCheck.http.headers" ? "http" : "business";
  return (
    <HeaderRows
      form={form}
      path={path}
      rows={healthCheck[level].headers}
      disabled={disabled}
      texts={{
        legend: t("legend"),
        help: t("help"),
        add: t("add"),
        name: t("name"),
        value: t("value"),
        nameOf: (number) => t("nameOf", { number }),
        valueOf: (number) => t("valueOf", { number }),
        remove: (number) => t("remove", { number }),
        secretOf: (number) => t("secretOf", { number }),
      }}
    />
  );
}
