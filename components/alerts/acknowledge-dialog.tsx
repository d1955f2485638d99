"use client";
import { Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { takeAlert } from "#lib/client/live-cache.ts";
import { acknowledgeAlert } from "#lib/client/mutations.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import { useAlertText } from "./use-alert-text.ts";

/** Takes an alert on: everybody sees who, since when, and what they say of it. */
export function AcknowledgeDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const t = useTranslations("alerts.acknowledge");
  const client = useQueryClient();
  const notify = useNotify();
  const [note, setNote] = useState("");
  const mutation = useMutation({
    mutationFn: () => acknowledgeAlert(alert.id, note),
    onSuccess: (acknowledged) => {
      takeAlert(client, acknowledged);
      notify.done(t("done"));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("title")}
      lead={`${useAlertText()(alert)} · ${t("lead")}`}
      confirmLabel={t("button")}
      isPending={mutation.isPending}
      error={mutation.error}
      onConfirm={() => mutation.mutate()}
      onClose={onClose}
    >
      <Textarea
        label={t("note")}
        placeholder={t("notePlaceholder")}
        maxLength={500}
        autosize
        minRows={2}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
