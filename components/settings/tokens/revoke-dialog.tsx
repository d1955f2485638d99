"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ActDialog } from "#components/forms/act-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { revokeToken } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import type { Token } from "#lib/contracts/access.ts";

export function RevokeDialog({ token, onClose }: { token: Token; onClose: () => void }) {
  const t = useTranslations("settings.tokens.revoke");
  const client = useQueryClient();
  const notify = useNotify();
  return (
    <ActDialog
      title={t("title", { name: token.name })}
      lead={t("lead")}
      confirmLabel={t("button")}
      isDangerous
      run={() => revokeToken(token.id)}
      onDone={() => {
        void client.invalidateQueries({ queryKey: keys.tokens });
        notify.done(t("done", { name: token.name }));
      }}
      onClose={onClose}
    />
  );
}
