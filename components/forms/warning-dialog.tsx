"use client";
import { useTranslations } from "next-intl";
import { UnreadWarnings } from "#components/changes/canary/unread-warnings.tsx";
import type { WarningQuestion } from "#lib/client/warning-question.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";

/** Lists what a publish brings, over the form or dialog that it came from. Enter publishes, Escape goes back there. */
export function WarningDialog({ question: { warnings, answer } }: { question: WarningQuestion }) {
  const t = useTranslations("forms.warnings");
  return (
    <ConfirmDialog
      // Another one that came up meanwhile is another question.
      key={warnings.map(({ id }) => id).join(" ")}
      title={t("title")}
      lead={t("lead")}
      size={560}
      confirmLabel={t("confirm")}
      isDangerous
      isPending={false}
      error={null}
      onConfirm={() => answer(true)}
      onClose={() => answer(false)}
    >
      <UnreadWarnings warnings={warnings} title={t("listed", { count: warnings.length })} />
    </ConfirmDialog>
  );
}
