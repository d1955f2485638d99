"use client";
import { Select, Switch, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { ApiFormModal } from "#components/forms/api-form-modal.tsx";
import classes from "#components/forms/forms.module.css";
import { type ApiForm, useApiForm } from "#components/forms/use-api-form.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { createChannel, updateChannel } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { CHANNEL_KINDS, ChannelInput, ChannelPatch, type ChannelView } from "#lib/contracts/notifications.ts";
import { LOCALE_NAMES, LOCALES } from "#lib/i18n/locales.ts";
import { atField, type ChannelValues, channelInput, channelValues } from "./channel-values.ts";
import { MatchFields } from "./match-fields.tsx";
import { TargetFields } from "./target-fields.tsx";

type Props = { channel?: ChannelView; onClose: () => void };

export function ChannelForm({ channel, onClose }: Props) {
  const t = useTranslations("notifications.form");
  const locale = useLocale();
  const notify = useNotify();
  const client = useQueryClient();
  const api = useApiForm<ChannelValues, typeof ChannelInput | typeof ChannelPatch, ChannelView>({
    initial: channelValues(channel, locale),
    schema: channel ? ChannelPatch : ChannelInput,
    toInput: channelInput,
    at: atField,
    send: (input) => (channel ? updateChannel(channel.id, input) : createChannel(input)),
    onDone: ({ name }) => {
      void client.invalidateQueries({ queryKey: keys.channels });
      notify.done(t("done", { name }));
      onClose();
    },
  });
  return (
    <ApiFormModal
      title={channel ? t("edit", { name: channel.name }) : t("new")}
      api={api}
      size={640}
      note={t("immediate")}
      submitLabel={channel ? t("save") : t("create")}
      onClose={onClose}
    >
      <Fields form={api.form} channel={channel} />
    </ApiFormModal>
  );
}

function Fields({ form, channel }: Pick<ApiForm<ChannelValues>, "form"> & Pick<Props, "channel">) {
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
