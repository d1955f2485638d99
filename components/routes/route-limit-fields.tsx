"use client";
import { NumberInput, Select, Switch, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslations } from "next-intl";
import { DurationInput } from "#components/forms/duration-input.tsx";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import forms from "#components/forms/forms.module.css";
import type { RateLimitKey } from "#lib/contracts/config.ts";
import { keyNeedsName, type RouteValues } from "./route-values.ts";

const KEYS: RateLimitKey["from"][] = ["client-address", "route", "header", "cookie", "query", "path"];

/** How large bodies may be, and how many requests a client may send. */
export function RouteLimitFields({ form }: { form: UseFormReturnType<RouteValues> }) {
  const t = useTranslations("routes.form");
  const { isLimited, kind, rateLimit } = form.values;
  const shared = { inputWrapperOrder: HELP_BELOW, allowDecimal: false, clampBehavior: "none" } as const;
  return (
    <>
      {kind === "pool" && (
        <NumberInput
          label={t("maxBody")}
          description={t("maxBodyHelp")}
          thousandSeparator=","
          {...shared}
          {...form.getInputProps("maxBodyBytes")}
        />
      )}
      <Switch
        label={t("limited")}
        description={t("limitedHelp")}
        {...form.getInputProps("isLimited", { type: "checkbox" })}
      />
      {isLimited && (
        <div className={forms.grid}>
          <NumberInput label={t("requests")} {...shared} {...form.getInputProps("rateLimit.requests")} />
          <DurationInput label={t("window")} {...form.getInputProps("rateLimit.windowMs")} />
          <NumberInput
            label={t("burst")}
            description={t("burstHelp")}
            {...shared}
            {...form.getInputProps("rateLimit.burst")}
          />
          <Select
            label={t("key")}
            description={t("keyHelp")}
            inputWrapperOrder={HELP_BELOW}
            data={KEYS.map((value) => ({ value, label: t(`keys.${value}`) }))}
            allowDeselect={false}
            {...form.getInputProps("rateLimit.keyFrom")}
          />
          {keyNeedsName(rateLimit.keyFrom) && (
            <TextInput
              label={t("keyName", { from: t(`keys.${rateLimit.keyFrom}`) })}
              {...form.getInputProps("rateLimit.keyName")}
            />
          )}
        </div>
      )}
    </>
  );
}
