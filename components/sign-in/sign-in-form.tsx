"use client";
import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { useIsReady } from "#components/data/ready.tsx";
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
  const [missing, setMissing] = useState({ email: false, password: false });
  const [isPending, setPending] = useState(false);
  const isReady = useIsReady();
  // What stands in the fields counts, whoever wrote it: a browser, or a quick hand, fills them before there is code to listen.
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const why = failure === undefined ? failed : undefined;
  const submit = async () => {
    const [email, password] = [emailField.current?.value.trim() ?? "", passwordField.current?.value ?? ""];
    setFailure(undefined);
    setMissing({ email: email === "", password: password === "" });
    if (email === "") return emailField.current?.focus();
    if (password === "") return passwordField.current?.focus();
    setPending(true);
    const refusal = await signIn(email, password);
    if (!refusal) return window.location.assign(safeNext(next));
    setPending(false);
    setFailure(refusal);
  };
  return (
    <SignInFrame title={t("title")}>
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
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
          ref={emailField}
          error={missing.email && t("missingEmail")}
          onChange={() => setMissing((told) => ({ ...told, email: false }))}
        />
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          ref={passwordField}
          error={missing.password && t("missingPassword")}
          onChange={() => setMissing((told) => ({ ...told, password: false }))}
        />
        <Button type="submit" size="sm" disabled={!isReady} loading={isPending}>
          {t("submit")}
        </Button>
      </form>
      <p className={classes.hint}>{t("hint")}</p>
    </SignInFrame>
  );
}
