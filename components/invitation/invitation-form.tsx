"use client";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { QueryView } from "#components/data/query-view.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import { useApiForm } from "#components/forms/use-api-form.ts";
import classes from "#components/sign-in/sign-in-form.module.css";
import { SignInFrame } from "#components/sign-in/sign-in-frame.tsx";
import { signIn } from "#lib/client/auth.ts";
import { acceptInvitation } from "#lib/client/mutations.ts";
import { openInvitationQuery } from "#lib/client/people.ts";
import { AcceptanceInput, type OpenInvitation } from "#lib/contracts/people.ts";

/** The link's token, which stands after `#`: servers and their logs never see it. */
function useLinkToken(): string | undefined {
  const [token, setToken] = useState<string>();
  useEffect(() => setToken(window.location.hash.slice(1)), []);
  return token;
}

/** Where an invited person chooses name and password, and is signed in then. */
export function InvitationForm() {
  const t = useTranslations("invitation");
  const token = useLinkToken();
  const query = useQuery({ ...openInvitationQuery(token ?? ""), enabled: token !== undefined && token !== "" });
  return (
    <SignInFrame title={t("title")}>
      {token === "" ? (
        <p>{t("noToken")}</p>
      ) : (
        <QueryView query={query}>
          {(invitation) => <Acceptance token={token ?? ""} invitation={invitation} />}
        </QueryView>
      )}
    </SignInFrame>
  );
}

function Acceptance({ token, invitation }: { token: string; invitation: OpenInvitation }) {
  const t = useTranslations("invitation");
  const common = useTranslations("common");
  const { email, role, invitedBy } = invitation;
  const { form, submit, isPending, problem } = useApiForm({
    initial: { name: "", password: "" },
    schema: AcceptanceInput,
    toInput: (values) => ({ ...values, token }),
    send: async (input) => {
      await acceptInvitation(input);
      return signIn(email, input.password);
    },
    // Should signing in fail now, the account is there all the same.
    onDone: (failed) => window.location.assign(failed ? "/sign-in" : "/"),
  });
  return (
    <>
      <p className={classes.hint}>{t("lead", { by: invitedBy, role: common(`role.${role}`) })}</p>
      <form onSubmit={submit} className={classes.form} noValidate>
        <TextInput label={t("email")} type="email" autoComplete="username" value={email} readOnly />
        <TextInput label={t("name")} autoComplete="name" {...form.getInputProps("name")} />
        <PasswordInput
          label={t("password")}
          description={t("rule")}
          autoComplete="new-password"
          {...form.getInputProps("password")}
        />
        <FormProblem error={problem} />
        <Button type="submit" size="sm" loading={isPending}>
          {t("submit")}
        </Button>
      </form>
    </>
  );
}
