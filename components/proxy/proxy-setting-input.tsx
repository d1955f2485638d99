"use client";
import { NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { DurationInput } from "#components/forms/duration-input.tsx";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import forms from "#components/forms/forms.module.css";
import { HeaderRows } from "#components/forms/header-rows.tsx";
import { PemInput } from "#components/forms/pem-input.tsx";
import { PercentInput } from "#components/forms/percent-input.tsx";
import type { ConfigForm } from "#components/forms/use-config-form.ts";
import { valueAt } from "#lib/client/value-at.ts";
import { optionKey, type ProxyField } from "./proxy-setting-groups.ts";
import { PROXY_DEFAULTS, type ProxyValues } from "./proxy-values.ts";
import { useProxySettingText } from "./use-proxy-setting-text.ts";

type Props = { field: ProxyField; form: ConfigForm<ProxyValues>["form"]; disabled: boolean };

/** The input of one setting, with what it is for, its unit and its default. */
export function ProxySettingInput({ field: { kind, path, options = [] }, form, disabled }: Props) {
  const t = useTranslations("proxy");
  const settings = useTranslations("pool.settings");
  const text = useProxySettingText();
  if (kind === "headers") return <TraceHeaderRows form={form} disabled={disabled} />;
  const fallback = settings("default", { value: text(path, valueAt(PROXY_DEFAULTS, path)) });
  const shared = {
    label: t(`setting.${path}.label`),
    description: `${t(`setting.${path}.help`)} ${fallback}`,
    disabled,
  };
  const props = form.getInputProps(path, { type: kind === "switch" ? "checkbox" : "input" });
  switch (kind) {
    case "switch":
      return <Switch {...shared} className={forms.whole} {...props} />;
    case "text":
      return <TextInput {...shared} inputWrapperOrder={HELP_BELOW} {...props} />;
    case "duration":
      return <DurationInput {...shared} {...props} />;
    case "percent":
      return <PercentInput {...shared} {...props} />;
    case "ranges":
      return (
        <Textarea {...shared} inputWrapperOrder={HELP_BELOW} className={forms.whole} autosize minRows={2} {...props} />
      );
    case "select":
      return (
        <Select
          {...shared}
          inputWrapperOrder={HELP_BELOW}
          data={options.map((value) => ({ value, label: t(`option.${optionKey(value)}`) }))}
          {...props}
        />
      );
    case "pem":
      return <PemInput {...shared} {...props} />;
    case "count":
      return (
        <NumberInput
          {...shared}
          inputWrapperOrder={HELP_BELOW}
          min={0}
          allowDecimal={false}
          clampBehavior="none"
          thousandSeparator=","
          {...props}
        />
      );
  }
}

/** What is sent along to the collector: each value may be a secret. */
function TraceHeaderRows({ form, disabled }: Pick<Props, "form" | "disabled">) {
  const t = useTranslations("forms.traceHeaders");
  const proxy = useTranslations("proxy.setting.tracing.headers");
  return (
    <HeaderRows
      form={form}
      path="tracing.headers"
      rows={form.values.tracing.headers}
      disabled={disabled}
      texts={{
        legend: proxy("label"),
        help: proxy("help"),
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
