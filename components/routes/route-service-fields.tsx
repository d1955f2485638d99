"use client";
import { Select } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslations } from "next-intl";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import forms from "#components/forms/forms.module.css";
import { ROUTE_HEDGES } from "#lib/contracts/config.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import type { RouteValues } from "./route-values.ts";

type Props = { form: UseFormReturnType<RouteValues>; pools: readonly PoolView[] };

/** How its pool serves the route's requests: in which class, and whether slow ones are sent twice. */
export function RouteServiceFields({ form, pools }: Props) {
  const t = useTranslations("routes.form");
  const { poolId, requestClass } = form.values;
  const names = pools.find(({ id }) => id === poolId)?.classes.map(({ name }) => name) ?? [];
  // One that its pool does not have is shown, as what is wrong.
  const data = requestClass === "" || names.includes(requestClass) ? names : [...names, requestClass];
  return (
    <div className={forms.grid}>
      <Select
        label={t("requestClass")}
        description={t("requestClassHelp")}
        inputWrapperOrder={HELP_BELOW}
        placeholder={t("noRequestClass")}
        data={data}
        clearable
        disabled={data.length === 0}
        {...form.getInputProps("requestClass")}
        value={requestClass === "" ? null : requestClass}
        onChange={(value) => form.setFieldValue("requestClass", value ?? "")}
      />
      <Select
        label={t("hedge")}
        description={t("hedgeHelp")}
        inputWrapperOrder={HELP_BELOW}
        data={ROUTE_HEDGES.map((value) => ({ value, label: t(`hedges.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps("hedge")}
      />
    </div>
  );
}
