"use client";
import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { type SignInFailure, signIn } from "#lib/client/auth.ts";
import { safeNext } from "#lib/client/query-client.ts";
import classes from "./sign-in-form.module.css";
import { SignInFrame } from "./sign-in-frame.tsx";

/** @param next path to go to after signing in. */
export function SignInForm({ next }: { next?: string }) {
  const t = useTranslations("signIn");
  const errors = useTranslations("errors");
  const [failure, setFailure] = useState<SignInFailure>();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "", password: "" },
    validate: { email: isNotEmpty(t("missingEmail")), password: isNotEmpty(t("missingPassword")) },
  });
  const submit = form.onSubmit(async ({ email, password }) => {
    setFailure(undefined);
    const failed = await signIn(email.trim(), password);
    if (failed) setFailure(failed);
    else window.location.assign(safeNext(next));
  });
  return (
    <SignInFrame title={t("title")}>
      <form onSubmit={submit} className={classes.form} noValidate>
        {failure && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden="true" />} role="alert">
            {failure === "wrong" || failure === "deactivated" ? t(failure) : errors(`code.${failure}`)}
          </Alert>
        )}
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="username"
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
        <Button type="submit" size="sm" loading={form.submitting}>
          {t("submit")}
        </Button>
      </form>
      <p className={classes.hint}>{t("hint")}</p>
    </SignInFrame>
  );
}
