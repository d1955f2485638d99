"use client";
import { NumberInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import forms from "#components/forms/forms.module.css";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { useApiForm } from "#components/forms/use-api-form.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { useRefusal } from "#components/forms/use-refusal.ts";
import { updateRetention } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { retentionQuery } from "#lib/client/upkeep.ts";
import { RetentionSettings, type RetentionView } from "#lib/contracts/retention.ts";
import classes from "../account/account.module.css";

const FIELDS = [
  "revisionDays",
  "revisionsAtLeast",
  "auditDays",
  "healthEventDays",
  "alertDays",
  "ledgerDays",
  "requestHours",
  "requestsAtMost",
  "metricSecondsMinutes",
  "metricTenSecondsHours",
  "metricMinutesDays",
  "metricHoursDays",
] as const satisfies (keyof RetentionSettings)[];
/** Those that may be kept for ever: an empty field. */
const ENDLESS: readonly string[] = ["revisionDays", "auditDays", "healthEventDays", "alertDays", "ledgerDays"];

type Values = Record<(typeof FIELDS)[number], number | string>;

const toValues = (view: RetentionView) => Object.fromEntries(FIELDS.map((name) => [name, view[name] ?? ""])) as Values;

function RetentionForm({ view }: { view: RetentionView }) {
  const t = useTranslations("settings.retention");
  const client = useQueryClient();
  const notify = useNotify();
  const refusal = useRefusal("admin");
  const { form, submit, isPending, problem } = useApiForm({
    initial: toValues(view),
    schema: RetentionSettings,
    toInput: (values: Values) =>
      Object.fromEntries(
        FIELDS.map((name) => [name, values[name] === "" && ENDLESS.includes(name) ? null : values[name]]),
      ),
    send: updateRetention,
    onDone: (saved) => {
      client.setQueryData(keys.retention, saved);
      void client.invalidateQueries({ queryKey: keys.storage });
      notify.done(t("saved"));
    },
  });
  return (
    <form className={classes.wide} onSubmit={submit} noValidate>
      <div className={forms.grid}>
        {FIELDS.map((name) => (
          <NumberInput
            key={name}
            label={t(`field.${name}`)}
            placeholder={ENDLESS.includes(name) ? t("forever") : undefined}
            disabled={refusal !== undefined}
            allowDecimal={false}
            allowNegative={false}
            {...form.getInputProps(name)}
          />
        ))}
      </div>
      <FormProblem error={problem} />
      <GuardedButton needs="admin" type="submit" loading={isPending}>
        {t("save")}
      </GuardedButton>
    </form>
  );
}

/** How long history is kept. */
export function RetentionTab() {
  const t = useTranslations("settings.retention");
  const query = useQuery(retentionQuery);
  return (
    <Panel title={t("title")} hint={t("hint")}>
      <QueryView query={query}>{(view) => <RetentionForm key={view.updatedAt} view={view} />}</QueryView>
    </Panel>
  );
}
