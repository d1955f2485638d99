"use client";
import { Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Time } from "#components/data/time.tsx";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { takeRevision } from "#lib/client/live-cache.ts";
import { rollBack } from "#lib/client/mutations.ts";
import type { RevisionSummary } from "#lib/contracts/views.ts";

const MAX_NOTE = 500;

type Props = { revision: RevisionSummary; head: number; onClose: () => void; onDone: () => void };

/** Asks before going back, and says what is undone by it. Refused if somebody published after this was opened. */
export function RollBackDialog({ revision, head, onClose, onDone }: Props) {
  const t = useTranslations("changes.rollBack");
  const client = useQueryClient();
  const notify = useNotify();
  const [note, setNote] = useState("");
  const { number } = revision;
  const mutation = useMutation({
    mutationFn: () => rollBack(number, note.trim() || undefined, head),
    onSuccess: (made) => {
      takeRevision(client);
      notify.done(t("done", { revision: made.revision }));
      onDone();
    },
  });
  const undone = t("undoneValue", { count: head - number, from: String(number + 1), to: String(head) });
  return (
    <ConfirmDialog
      title={t("title", { number })}
      lead={t("lead", { number })}
      consequences={[
        { label: t("undone"), value: undone, tone: "warn" },
        { label: t("published"), value: <Time at={revision.publishedAt} /> },
      ]}
      confirmLabel={t("confirm")}
      isPending={mutation.isPending}
      error={mutation.error}
      onConfirm={() => mutation.mutate()}
      onClose={onClose}
    >
      <Textarea
        label={t("note")}
        value={note}
        maxLength={MAX_NOTE}
        autosize
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
