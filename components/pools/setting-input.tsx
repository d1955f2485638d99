"use client";
import { NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { DurationInput } from "#components/forms/duration-input.tsx";
import { EarlyNotes } from "#components/forms/early-notes.tsx";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import forms from "#components/forms/forms.module.css";
import { LabelsInput } from "#components/forms/labels-input.tsx";
import { PemInput } from "#components/forms/pem-input.tsx";
import { PercentInput } from "#components/forms/percent-input.tsx";
import type { ConfigForm } from "#components/forms/use-config-form.ts";
import { valueAt } from "#lib/client/value-at.ts";
import { AlgorithmFields } from "./algorithm-fields.tsx";
import { CheckHeaderRows } from "./check-header-rows.tsx";
import { ClassRows } from "./class-rows.tsx";
import type { EarlyWarning } from "./early-warnings.ts";
import { ExpectationRows } from "./expectation-rows.tsx";
import { POOL_DEFAULTS } from "./pool-values.ts";
import { optionKey, type SettingField } from "./setting-groups.ts";
import type { PoolValues } from "./setting-values.ts";
import { STICKINESS_DEFAULTS } from "./stickiness-values.ts";
import { useSettingText } from "./use-setting-text.ts";

/** Of all settings, those of a mode that is not chosen included. */
const DEFAULTS = { ...POOL_DEFAULTS, stickiness: STICKINESS_DEFAULTS };
/** What a new pool has no default for. */
const WITHOUT_DEFAULT = ["name", "description", "labels", "isDefault", "algorithm"];

type Props = {
  field: SettingField;
  form: ConfigForm<PoolValues>["form"];
  disabled: boolean;
  /** What a publish would be warned of here. */
  warnings: readonly EarlyWarning[];
};

/** The input of one setting, with what it is for, its unit and its default. */
export function SettingInput({ field, form, disabled, warnings }: Props) {
  const t = useTranslations("pool");
  const text = useSettingText();
  const { path, kind } = field;
  if (kind === "algorithm")
    return (
      <AlgorithmFields
        algorithm={form.values.algorithm}
        hashFrom={form.values.hashKey.from}
        props={(each) => form.getInputProps(each)}
        disabled={disabled}
      />
    );
  if (kind === "expectations" || kind === "classes") {
    const Rows = kind === "classes" ? ClassRows : ExpectationRows;
    return (
      <>
        <Rows form={form} label={t(`setting.${path}.label`)} help={t(`setting.${path}.help`)} disabled={disabled} />
        <EarlyNotes warnings={warnings} />
      </>
    );
  }
  if (path === "healthCheck.http.headers" || path === "healthCheck.business.headers")
    return <CheckHeaderRows form={form} path={path} disabled={disabled} />;
  const fallback = t("settings.default", { value: text(path, valueAt(DEFAULTS, path)) });
  const help = t(`setting.${path}.help`);
  const shared = {
    label: t(`setting.${path}.label`),
    description: (
      <>
        {WITHOUT_DEFAULT.includes(path) ? help : `${help} ${fallback}`}
        <EarlyNotes warnings={warnings} />
      </>
    ),
    disabled,
  };
  const props = form.getInputProps(path, { type: kind === "switch" ? "checkbox" : "input" });
  switch (kind) {
    case "switch":
      return <Switch {...shared} className={forms.whole} {...props} />;
    case "duration":
      return <DurationInput {...shared} {...props} />;
    case "rhythm":
      return <DurationInput {...shared} {...props} value={props.value ?? ""} />;
    case "factor":
      return (
        <NumberInput
          {...shared}
          inputWrapperOrder={HELP_BELOW}
          min={0}
          step={0.1}
          decimalScale={2}
          allowNegative={false}
          clampBehavior="none"
          suffix=" ×"
          {...props}
        />
      );
    case "lines":
      return <Textarea {...shared} inputWrapperOrder={HELP_BELOW} autosize minRows={1} maxRows={8} {...props} />;
    case "share":
      return <PercentInput {...shared} {...props} value={props.value ?? ""} />;
    case "labels":
      return <LabelsInput {...shared} {...props} />;
    case "percent":
      return <PercentInput {...shared} {...props} />;
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
    case "decimal":
      return (
        <NumberInput
          {...shared}
          inputWrapperOrder={HELP_BELOW}
          min={0}
          decimalScale={2}
          allowNegative={false}
          clampBehavior="none"
          {...props}
        />
      );
    case "select":
      return (
        <Select
          {...shared}
          inputWrapperOrder={HELP_BELOW}
          data={(field.options ?? []).map((value) => ({ value, label: t(`option.${optionKey(value, path)}`) }))}
          {...props}
        />
      );
    case "pem":
      return <PemInput {...shared} {...props} />;
    case "text":
    case "headers":
    case "statuses":
      return <TextInput {...shared} inputWrapperOrder={HELP_BELOW} {...props} />;
  }
}
