"use client";
import { MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import classes from "#components/forms/forms.module.css";
import { useNotify } from "#components/forms/use-notify.ts";
import { alertingKeys, createWindow, updateWindow } from "#lib/client/alerting.ts";
import type { WindowInput, WindowView } from "#lib/contracts/silences.ts";
import { MatcherFields, NO_MATCHERS } from "./matcher-fields.tsx";
import { MutationModal } from "./mutation-modal.tsx";

const DAYS = ["1", "2", "3", "4", "5", "6", "7"] as const;
const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function valuesOf(window?: WindowView): WindowInput {
  // One that cannot be read is not offered to be edited.
  if (window?.mode && window.matchers && window.schedule) {
    const { name, enabled, mode, matchers, schedule } = window;
    return { name, enabled, mode, matchers, schedule };
  }
  const schedule = { timeZone: ownTimeZone(), weekdays: [], start: "02:00", durationMinutes: 60 };
  return { name: "", enabled: true, mode: "mute", matchers: NO_MATCHERS, schedule };
}

/** A window that opens again and again, by the clocks of its time zone. */
export function WindowForm({ window, onClose }: { window?: WindowView; onClose: () => void }) {
  const t = useTranslations("silences.window");
  const notify = useNotify();
  const client = useQueryClient();
  const [values, setValues] = useState(valuesOf(window));
  const mutation = useMutation({
    mutationFn: () => (window ? updateWindow(window.id, values) : createWindow(values)),
    onSuccess: ({ name }) => {
      void client.invalidateQueries({ queryKey: alertingKeys.windows });
      notify.done(t("done", { name }));
      onClose();
    },
  });
  return (
    <MutationModal
      title={window ? t("edit", { name: window.name }) : t("new")}
      submitLabel={t("save")}
      needs="operator"
      isPending={mutation.isPending}
      error={mutation.error}
      onSubmit={mutation.mutate}
      onClose={onClose}
    >
      <Fields values={values} onChange={setValues} />
    </MutationModal>
  );
}

function Fields({ values, onChange }: { values: WindowInput; onChange: (values: WindowInput) => void }) {
  const t = useTranslations("silences.window");
  const { schedule } = values;
  const setSchedule = (change: Partial<WindowInput["schedule"]>) =>
    onChange({ ...values, schedule: { ...schedule, ...change } });
  return (
    <div className={classes.grid}>
      <TextInput
        label={t("name")}
        required
        data-autofocus
        value={values.name}
        onChange={(event) => onChange({ ...values, name: event.currentTarget.value })}
      />
      <Select
        label={t("mode")}
        allowDeselect={false}
        value={values.mode}
        data={(["mute", "expected"] as const).map((mode) => ({ value: mode, label: t(`modes.${mode}`) }))}
        onChange={(mode) => onChange({ ...values, mode: mode as WindowInput["mode"] })}
      />
      <MultiSelect
        label={t("weekdays")}
        placeholder={schedule.weekdays.length > 0 ? undefined : t("everyDay")}
        value={schedule.weekdays.map(String)}
        data={DAYS.map((day) => ({ value: day, label: t(`day.${day}`) }))}
        onChange={(days) => setSchedule({ weekdays: days.map(Number) })}
      />
      <TextInput
        type="time"
        label={t("start")}
        value={schedule.start}
        onChange={(event) => setSchedule({ start: event.currentTarget.value })}
      />
      <NumberInput
        label={t("minutes")}
        min={1}
        max={1_440}
        value={schedule.durationMinutes}
        onChange={(minutes) => setSchedule({ durationMinutes: Number(minutes) })}
      />
      <TextInput
        label={t("timeZone")}
        value={schedule.timeZone}
        onChange={(event) => setSchedule({ timeZone: event.currentTarget.value })}
      />
      <MatcherFields matchers={values.matchers} onChange={(matchers) => onChange({ ...values, matchers })} />
    </div>
  );
}
