"use client";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { OnlyFor } from "#components/forms/only-for.tsx";
import { tokensQuery } from "#lib/client/people.ts";
import { useCan } from "#lib/client/use-can.ts";
import type { NewToken, Token } from "#lib/contracts/access.ts";
import { SecretDialog } from "../secret-dialog.tsx";
import { NewTokenForm } from "./new-token-form.tsx";
import { RevokeDialog } from "./revoke-dialog.tsx";
import { TokenTable } from "./token-table.tsx";

/** Which dialog is open. */
type Open = { is: "none" } | { is: "new" } | { is: "secret"; token: NewToken } | { is: "revoke"; token: Token };

/** Tokens for programs. A secret is on screen once, and never asked from the server again. */
export function TokensPanel() {
  const t = useTranslations("settings.tokens");
  const isAdmin = useCan("admin");
  const query = useQuery({ ...tokensQuery, enabled: isAdmin });
  const [open, setOpen] = useState<Open>({ is: "none" });
  const close = () => setOpen({ is: "none" });
  const add = (
    <GuardedButton
      needs="admin"
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => setOpen({ is: "new" })}
    >
      {t("new")}
    </GuardedButton>
  );
  return (
    <Panel flush title={t("title")} hint={t("hint")} aside={add}>
      <OnlyFor needs="admin" text={t("needsAdmin")}>
        <QueryView query={query}>
          {(tokens) =>
            tokens.length === 0 ? (
              <EmptyState title={t("none")} text={t("noneText")} />
            ) : (
              <TokenTable tokens={tokens} onRevoke={(token) => setOpen({ is: "revoke", token })} />
            )
          }
        </QueryView>
      </OnlyFor>
      {open.is === "new" && <NewTokenForm onClose={close} onMade={(token) => setOpen({ is: "secret", token })} />}
      {open.is === "secret" && (
        <SecretDialog
          title={t("secret.title", { name: open.token.name })}
          text={t("secret.text")}
          label={t("secret.value")}
          value={open.token.token}
          onClose={close}
        />
      )}
      {open.is === "revoke" && <RevokeDialog token={open.token} onClose={close} />}
    </Panel>
  );
}
