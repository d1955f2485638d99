"use client";
import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { FormProblem } from "#components/forms/form-problem.tsx";
import { useApiForm } from "#components/forms/use-api-form.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { updateAccount } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { AccountPatch } from "#lib/contracts/people.ts";
import classes from "./account.module.css";

export function NameForm({ name }: { name: string }) {
  const t = useTranslations("settings.account");
  const client = useQueryClient();
  const notify = useNotify();
  const { form, submit, isPending, problem } = useApiForm({
    initial: { name },
    schema: AccountPatch,
    send: updateAccount,
    onDone: (account) => {
      client.setQueryData(keys.account, account);
      void client.invalidateQueries({ queryKey: keys.people });
      notify.done(t("saved"));
    },
  });
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput label={t("name")} autoComplete="name" {...form.getInputProps("name")} />
      <FormProblem error={problem} />
      <Button type="submit" loading={isPending} disabled={form.values.name === name}>
        {t("save")}
      </Button>
    </form>
  );
}
