"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { changeSetKeys, discardChangeSet } from "#lib/client/change-sets.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";

/** Asks before a draft is thrown away, and says whose work goes with it. */
export function DiscardDialog({ detail, onClose }: { detail: ChangeSetDetail; onClose: () => void }) {
  const t = useTranslations("review.discard");
  const client = useQueryClient();
  const router = useRouter();
  const notify = useNotify();
  const formats = useFormats();
  const editors = [...new Set(detail.operations.map(({ by }) => by))];
  const discard = useMutation({
    mutationFn: () => discardChangeSet(detail.id),
    onSuccess: () => {
      router.push("/changes");
      client.removeQueries({ queryKey: changeSetKeys.one(detail.id) });
      void client.invalidateQueries({ queryKey: changeSetKeys.open });
      notify.done(t("done", { name: detail.name }));
    },
  });
  return (
    <ConfirmDialog
      title={t("title", { name: detail.name })}
      lead={t("lead")}
      consequences={[
        { label: t("lost"), value: formats.integer(detail.operationCount), tone: "warn" },
        ...(editors.length > 0 ? [{ label: t("of"), value: editors.join(", ") }] : []),
      ]}
      confirmLabel={t("confirm")}
      isDangerous
      isPending={discard.isPending}
      error={discard.error}
      onConfirm={() => discard.mutate()}
      onClose={onClose}
    />
  );
}
