"use client";
import { NumberInput, PasswordInput, Select, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslations } from "next-intl";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import classes from "#components/forms/forms.module.css";
import type { ChannelValues } from "./channel-values.ts";

type Props = { form: UseFormReturnType<ChannelValues> };

/** Where a channel of the chosen kind leads. Secrets are typed, and never shown again. */
export function TargetFields({ form }: Props) {
  const { kind } = form.values.target;
  return kind === "email" ? <MailFields form={form} /> : <UrlFields form={form} kind={kind} />;
}

function UrlFields({ form, kind }: Props & { kind: Exclude<ChannelValues["target"]["kind"], "email"> }) {
  const t = useTranslations("notifications.form");
  return (
    <>
      <TextInput
        label={t("url")}
        description={t(`urlHelp.${kind}`)}
        inputWrapperOrder={HELP_BELOW}
        placeholder="https://"
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps("target.url")}
      />
      {(kind === "webhook" || kind === "dingtalk" || kind === "feishu") && (
        <PasswordInput
          label={t("signingSecret")}
          description={t(`signingSecretHelp.${kind}`)}
          inputWrapperOrder={HELP_BELOW}
          autoComplete="off"
          {...form.getInputProps("target.signingSecret")}
        />
      )}
    </>
  );
}

const SECURITIES = ["starttls", "tls", "none"] as const;

function MailFields({ form }: Props) {
  const t = useTranslations("notifications.form");
  return (
    <div className={classes.grid}>
      <TextInput label={t("host")} placeholder="smtp.example.org" {...form.getInputProps("target.host")} />
      <NumberInput label={t("port")} min={1} max={65_535} allowDecimal={false} {...form.getInputProps("target.port")} />
      <Select
        label={t("security")}
        description={form.values.target.security === "none" ? t("noneHelp") : undefined}
        inputWrapperOrder={HELP_BELOW}
        data={SECURITIES.map((value) => ({ value, label: t(`securities.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps("target.security")}
      />
      <TextInput label={t("user")} autoComplete="off" {...form.getInputProps("target.user")} />
      <PasswordInput label={t("password")} autoComplete="new-password" {...form.getInputProps("target.password")} />
      <TextInput label={t("from")} placeholder="gemini@example.org" {...form.getInputProps("target.from")} />
      <TextInput
        className={classes.whole}
        label={t("to")}
        description={t("toHelp")}
        inputWrapperOrder={HELP_BELOW}
        {...form.getInputProps("target.to")}
      />
    </div>
  );
}
