"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { accountQuery } from "#lib/client/people.ts";
import { NameForm } from "./name-form.tsx";
import { OwnSessions } from "./own-sessions.tsx";
import { PasswordForm } from "./password-form.tsx";

/** What everybody does about themselves, whatever their role. */
export function AccountTab() {
  const t = useTranslations("settings.account");
  const common = useTranslations("common");
  const query = useQuery(accountQuery);
  return (
    <>
      <Panel title={t("title")} hint={query.data && `${query.data.email} · ${common(`role.${query.data.role}`)}`}>
        <QueryView query={query}>{(account) => <NameForm key={account.name} name={account.name} />}</QueryView>
      </Panel>
      <Panel title={t("password.title")} hint={t("password.hint")}>
        <PasswordForm email={query.data?.email ?? ""} />
      </Panel>
      <OwnSessions />
    </>
  );
}
