"use client";
import { Select } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslations } from "next-intl";
import { DurationInput } from "#components/forms/duration-input.tsx";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import forms from "#components/forms/forms.module.css";
import { PercentInput } from "#components/forms/percent-input.tsx";
import type { RouteValues } from "./route-values.ts";

/** What is kept and logged of its requests, where that is not what its pool says. */
export function RouteRecordingFields({ form }: { form: UseFormReturnType<RouteValues> }) {
  const t = useTranslations("routes.form.recording");
  const { enabled } = form.values.recording;
  return (
    <div className={forms.grid}>
      <Select
        label={t("enabled")}
        description={t("enabledHelp")}
        inputWrapperOrder={HELP_BELOW}
        placeholder={t("asPool")}
        data={(["on", "off"] as const).map((value) => ({ value, label: t(value) }))}
        clearable
        {...form.getInputProps("recording.enabled")}
        value={enabled === "" ? null : enabled}
        onChange={(value) => form.setFieldValue("recording.enabled", (value ?? "") as typeof enabled)}
      />
      <PercentInput
        label={t("sampleRatio")}
        description={t("sampleRatioHelp")}
        {...form.getInputProps("recording.sampleRatio")}
      />
      <DurationInput label={t("slowMs")} description={t("slowMsHelp")} {...form.getInputProps("recording.slowMs")} />
      <PercentInput
        label={t("logRatio")}
        description={t("logRatioHelp")}
        {...form.getInputProps("recording.logRatio")}
      />
    </div>
  );
}
