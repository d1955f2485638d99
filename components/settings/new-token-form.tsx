"use client";
import { Button, Modal, Select, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { FormProblem } from "#components/forms/form-problem.tsx";
import classes from "#components/forms/forms.module.css";
import { useDescribe } from "#components/forms/use-describe.ts";
import { ApiError } from "#lib/client/api.ts";
import { fieldErrors, fieldFaults } from "#lib/client/forms.ts";
import { useServerNow } from "#lib/client/live.tsx";
import { createToken } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { type NewToken, TokenInput } from "#lib/contracts/access.ts";
import { ROLES, type Role } from "#lib/contracts/common.ts";

const DAY_MS = 86_400_000;
/** Days that a token may be valid for; 0 is without end. */
const LIVES = [7, 30, 90, 365, 0] as const;

type Values = { name: string; role: Role; days: string };

type Props = { onClose: () => void; onMade: (token: NewToken) => void };

/** The form's state: validated by the API's contract here, and by the API again. */
function useTokenForm(onMade: Props["onMade"]) {
  const describe = useDescribe();
  const client = useQueryClient();
  const nowMs = useServerNow();
  const toInput = ({ name, role, days }: Values) => ({
    name,
    role,
    expiresAt: days === "0" ? null : new Date(nowMs + Number(days) * DAY_MS).toISOString(),
  });
  const form = useForm<Values>({
    initialValues: { name: "", role: "viewer", days: "90" },
    validate: (values) => fieldErrors(fieldFaults(TokenInput, toInput(values)), describe),
  });
  const mutation = useMutation({
    mutationFn: (values: Values) => createToken(toInput(values)),
    onSuccess: (token) => {
      void client.invalidateQueries({ queryKey: keys.tokens });
      onMade(token);
    },
    onError: (error) => {
      if (error instanceof ApiError) form.setErrors(fieldErrors(error.faults, describe));
    },
  });
  return { form, mutation };
}

function TokenFields({ form }: { form: UseFormReturnType<Values> }) {
  const t = useTranslations("settings.tokens.form");
  const common = useTranslations("common");
  const lives = LIVES.map((days) => ({
    value: String(days),
    label: days === 0 ? t("forever") : t("days", { count: days }),
  }));
  return (
    <>
      <TextInput label={t("name")} description={t("nameHelp")} data-autofocus {...form.getInputProps("name")} />
      <Select
        label={t("role")}
        data={ROLES.map((value) => ({ value, label: common(`role.${value}`) }))}
        {...form.getInputProps("role")}
      />
      <Select label={t("expires")} data={lives} {...form.getInputProps("days")} />
    </>
  );
}

export function NewTokenForm({ onClose, onMade }: Props) {
  const t = useTranslations("settings.tokens.form");
  const common = useTranslations("common");
  const { form, mutation } = useTokenForm(onMade);
  return (
    <Modal opened onClose={onClose} title={t("title")} size={420} closeButtonProps={{ "aria-label": common("close") }}>
      <form className={classes.form} onSubmit={form.onSubmit((values) => mutation.mutate(values))} noValidate>
        <TokenFields form={form} />
        <FormProblem error={mutation.error} />
        <div className={classes.footer}>
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={mutation.isPending}>
            {t("create")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
