"use client";
import { Button, Modal, Select, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { FormProblem } from "#components/forms/form-problem.tsx";
import classes from "#components/forms/forms.module.css";
import { useDescribe } from "#components/forms/use-describe.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { ApiError } from "#lib/client/api.ts";
import { fieldErrors } from "#lib/client/forms.ts";
import { createChannel, updateChannel } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { CHANNEL_KINDS, type ChannelView } from "#lib/contracts/notifications.ts";
import { LOCALE_NAMES, LOCALES } from "#lib/i18n/locales.ts";
import { atField, type ChannelValues, channelFaults, channelInput, channelValues } from "./channel-values.ts";
import { MatchFields } from "./match-fields.tsx";
import { TargetFields } from "./target-fields.tsx";

type Props = { channel?: ChannelView; onClose: () => void };

function useChannelForm({ channel, onClose }: Props) {
  const t = useTranslations("notifications.form");
  const locale = useLocale();
  const describe = useDescribe();
  const notify = useNotify();
  const client = useQueryClient();
  const form = useForm<ChannelValues>({
    initialValues: channelValues(channel, locale),
    validate: (values) => fieldErrors(channelFaults(values), describe),
  });
  const mutation = useMutation({
    mutationFn: (values: ChannelValues) =>
      channel ? updateChannel(channel.id, channelInput(values)) : createChannel(channelInput(values)),
    onSuccess: ({ name }) => {
      void client.invalidateQueries({ queryKey: keys.channels });
      notify.done(t("done", { name }));
      onClose();
    },
    onError: (error) => {
      if (error instanceof ApiError) form.setErrors(fieldErrors(error.faults.map(atField), describe));
    },
  });
  const isAtFields = mutation.error instanceof ApiError && mutation.error.faults.length > 0;
  return { form, mutation, problem: isAtFields ? null : mutation.error };
}

export function ChannelForm(props: Props) {
  const t = useTranslations("notifications.form");
  const common = useTranslations("common");
  const { form, mutation, problem } = useChannelForm(props);
  const { channel, onClose } = props;
  return (
    <Modal
      opened
      onClose={onClose}
      title={channel ? t("edit", { name: channel.name }) : t("new")}
      size={640}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <form className={classes.form} onSubmit={form.onSubmit((values) => mutation.mutate(values))} noValidate>
        <Fields form={form} channel={channel} />
        <FormProblem error={problem} />
        <div className={classes.footer}>
          <span className={classes.note}>{t("immediate")}</span>
          <Button variant="default" onClick={onClose} disabled={mutation.isPending}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={mutation.isPending}>
            {channel ? t("save") : t("create")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Fields({ form, channel }: Pick<ReturnType<typeof useChannelForm>, "form"> & Pick<Props, "channel">) {
  const t = useTranslations("notifications.form");
  const kinds = useTranslations("notifications.kind");
  return (
    <>
      <div className={classes.grid}>
        <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
        <Select
          label={t("kind")}
          data={CHANNEL_KINDS.map((value) => ({ value, label: kinds(value) }))}
          allowDeselect={false}
          disabled={!form.values.replaces}
          {...form.getInputProps("target.kind")}
        />
        <Select
          label={t("language")}
          data={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
          allowDeselect={false}
          {...form.getInputProps("language")}
        />
      </div>
      {channel && (
        <Switch
          label={t("replace")}
          description={`${t("leadsTo", { where: channel.leadsTo })} · ${t("replaceHelp")}`}
          {...form.getInputProps("replaces", { type: "checkbox" })}
        />
      )}
      {form.values.replaces && <TargetFields form={form} />}
      <MatchFields form={form} />
    </>
  );
}
