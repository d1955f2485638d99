"use client";
import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { type SignInFailure, signIn } from "#lib/client/auth.ts";
import { isOidcFailure } from "#lib/core/oidc/admission.ts";
import { safeNext } from "#lib/core/safe-next.ts";
import { Elsewhere } from "./elsewhere.tsx";
import classes from "./sign-in-form.module.css";
import { SignInFrame } from "./sign-in-frame.tsx";

type Props = {
  /** Path to go to after signing in. */
  next: string | undefined;
  /** Why the identity provider's way did not lead in. */
  failed: string | undefined;
  /** The identity provider, when there is one. */
  elsewhere: { label: string | undefined } | null;
};

export function SignInForm({ next, failed, elsewhere }: Props) {
  const t = useTranslations("signIn");
  const errors = useTranslations("errors");
  const refused = useTranslations("signIn.oidc.failed");
  const [failure, setFailure] = useState<SignInFailure>();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "", password: "" },
    validate: { email: isNotEmpty(t("missingEmail")), password: isNotEmpty(t("missingPassword")) },
  });
  const why = failure === undefined ? failed : undefined;
  const submit = form.onSubmit(async ({ email, password }) => {
    setFailure(undefined);
    const failed = await signIn(email.trim(), password);
    if (failed) setFailure(failed);
    else window.location.assign(safeNext(next));
  });
  return (
    <SignInFrame title={t("title")}>
      <form onSubmit={submit} className={classes.form} noValidate>
        {(failure || why) && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden="true" />} role="alert">
            {failure && (failure === "wrong" || failure === "deactivated" ? t(failure) : errors(`code.${failure}`))}
            {why && refused(`${isOidcFailure(why) ? why : "internal"}`)}
          </Alert>
        )}
        {elsewhere && <Elsewhere label={elsewhere.label} next={next} onFailure={setFailure} />}
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
