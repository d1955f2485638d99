"use client";
import { MultiSelect, Select, Switch } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import classes from "#components/forms/forms.module.css";
import { LabelsInput } from "#components/forms/labels-input.tsx";
import { poolsQuery } from "#lib/client/queries.ts";
import { ALERT_RULES } from "#lib/contracts/alerts.ts";
import type { ChannelValues } from "./channel-values.ts";
import own from "./notifications.module.css";

/** Which alerts a channel is told of. What is left empty is no condition. */
export function MatchFields({ form }: { form: UseFormReturnType<ChannelValues> }) {
  const t = useTranslations("notifications");
  const pools = useQuery(poolsQuery).data ?? [];
  const { rules, poolIds } = form.values.match;
  const levels = [
    { value: "4", label: t("form.levels.all") },
    ...[3, 2].map((level) => ({ value: String(level), label: t("form.levels.upTo", { level }) })),
    { value: "1", label: t("form.levels.one") },
  ];
  return (
    <fieldset className={own.group}>
      <legend>{t("form.match")}</legend>
      <div className={classes.grid}>
        <Select
          label={t("form.level")}
          data={levels}
          allowDeselect={false}
          {...form.getInputProps("match.leastLevel")}
        />
        <MultiSelect
          label={t("form.rules")}
          placeholder={rules.length > 0 ? undefined : t("form.allRules")}
          data={ALERT_RULES.map((value) => ({ value, label: t(`rules.${value}`) }))}
          {...form.getInputProps("match.rules")}
        />
        <MultiSelect
          label={t("form.pools")}
          placeholder={poolIds.length > 0 ? undefined : t("form.allPools")}
          data={pools.map(({ id, name }) => ({ value: id, label: name }))}
          searchable
          {...form.getInputProps("match.poolIds")}
        />
        <LabelsInput
          className={classes.whole}
          label={t("form.labels")}
          description={t("form.labelsHelp")}
          {...form.getInputProps("match.labels")}
        />
        <Switch
          className={classes.whole}
          label={t("form.resolved")}
          {...form.getInputProps("match.resolved", { type: "checkbox" })}
        />
      </div>
    </fieldset>
  );
}
