"use client";
import { NumberInput, Select, Switch } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslations } from "next-intl";
import { DurationInput } from "#components/forms/duration-input.tsx";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import forms from "#components/forms/forms.module.css";
import { QUOTA_PERIODS } from "#lib/contracts/config.ts";
import type { NodeValues } from "./node-values.ts";

/** How many requests the node may be sent over time. */
export function NodeBudgetFields({ form }: { form: UseFormReturnType<NodeValues> }) {
  const t = useTranslations("nodes.form");
  const { isRateLimited, hasQuota } = form.values;
  const shared = { inputWrapperOrder: HELP_BELOW, allowDecimal: false, clampBehavior: "none" } as const;
  return (
    <>
      <Switch
        label={t("rateLimited")}
        description={t("rateLimitedHelp")}
        {...form.getInputProps("isRateLimited", { type: "checkbox" })}
      />
      {isRateLimited && (
        <div className={forms.grid}>
          <NumberInput label={t("requests")} {...shared} {...form.getInputProps("rateLimit.requests")} />
          <DurationInput label={t("window")} {...form.getInputProps("rateLimit.windowMs")} />
          <NumberInput
            label={t("burst")}
            description={t("burstHelp")}
            {...shared}
            {...form.getInputProps("rateLimit.burst")}
          />
        </div>
      )}
      <Switch
        label={t("hasQuota")}
        description={t("hasQuotaHelp")}
        {...form.getInputProps("hasQuota", { type: "checkbox" })}
      />
      {hasQuota && (
        <div className={forms.grid}>
          <NumberInput
            label={t("quotaRequests")}
            thousandSeparator=","
            {...shared}
            {...form.getInputProps("quota.requests")}
          />
          <Select
            label={t("quotaPer")}
            description={t("quotaPerHelp")}
            inputWrapperOrder={HELP_BELOW}
            data={QUOTA_PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
            allowDeselect={false}
            {...form.getInputProps("quota.per")}
          />
        </div>
      )}
    </>
  );
}
