"use client";
import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { FormProblem } from "#components/forms/form-problem.tsx";
import { useApiForm } from "#components/forms/use-api-form.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { changePassword } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { PasswordInput as Input } from "#lib/contracts/people.ts";
import classes from "./account.module.css";

const EMPTY = { currentPassword: "", newPassword: "" };

/** @param email hidden in the form, so that password managers know whose password it is. */
export function PasswordForm({ email }: { email: string }) {
  const t = useTranslations("settings.account.password");
  const client = useQueryClient();
  const notify = useNotify();
  const { form, submit, isPending, problem } = useApiForm({
    initial: EMPTY,
    schema: Input,
    send: changePassword,
    onDone: () => {
      form.reset();
      void client.invalidateQueries({ queryKey: keys.ownSessions });
      notify.done(t("done"));
    },
  });
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <PasswordInput label={t("current")} autoComplete="current-password" {...form.getInputProps("currentPassword")} />
      <PasswordInput
        label={t("new")}
        description={t("rule")}
        autoComplete="new-password"
        {...form.getInputProps("newPassword")}
      />
      <FormProblem error={problem} />
      <Button type="submit" loading={isPending}>
        {t("submit")}
      </Button>
    </form>
  );
}
