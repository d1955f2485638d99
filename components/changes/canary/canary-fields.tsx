"use client";
import { NumberInput, Select, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { DurationInput } from "#components/forms/duration-input.tsx";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import forms from "#components/forms/forms.module.css";
import type { CanaryDraft } from "./use-canary-draft.ts";

/** Who gets the canary, for how long, and what it must show. Every field says what it means. */
export function CanaryFields({ draft }: { draft: CanaryDraft }) {
  const t = useTranslations("canary.field");
  const { values, set, faults } = draft;
  const field = (name: "sharePercent" | "minRequests" | "maxSuccessDropPoints" | "maxP99Ratio") => ({
    inputWrapperOrder: HELP_BELOW,
    label: t(`${name}.label`),
    description: t(`${name}.help`),
    value: values[name],
    error: faults.has(name) ? t(`${name}.fault`) : undefined,
    onChange: (value: number | string) => set(name, value),
    allowNegative: false,
    clampBehavior: "none" as const,
    hideControls: true,
  });
  const duration = (name: "durationMs" | "p99SlackMs") => ({
    label: t(`${name}.label`),
    description: t(`${name}.help`),
    value: values[name],
    error: faults.has(name) ? t(`${name}.fault`) : undefined,
    onChange: (value: number | string) => set(name, value),
  });
  const from = values.key.from;
  return (
    <div className={forms.grid}>
      <NumberInput {...field("sharePercent")} suffix=" %" allowDecimal={false} />
      <DurationInput {...duration("durationMs")} />
      <NumberInput {...field("minRequests")} allowDecimal={false} />
      <NumberInput {...field("maxSuccessDropPoints")} decimalScale={2} />
      <NumberInput {...field("maxP99Ratio")} decimalScale={2} suffix=" ×" />
      <DurationInput {...duration("p99SlackMs")} />
      <Select
        inputWrapperOrder={HELP_BELOW}
        label={t("key.label")}
        description={t("key.help")}
        allowDeselect={false}
        value={from}
        data={(["client-address", "header", "cookie"] as const).map((value) => ({ value, label: t(`key.${value}`) }))}
        onChange={(value) =>
          set("key", value === "header" || value === "cookie" ? { from: value, name: "" } : { from: "client-address" })
        }
      />
      {values.key.from !== "client-address" && (
        <TextInput
          inputWrapperOrder={HELP_BELOW}
          label={t(`key.name.${values.key.from}`)}
          description={t("key.nameHelp")}
          value={values.key.name}
          error={faults.has("key") ? t("key.fault") : undefined}
          onChange={(event) => set("key", { ...values.key, name: event.currentTarget.value } as typeof values.key)}
        />
      )}
    </div>
  );
}
