"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { comparisonQuery } from "#lib/client/comparison.ts";
import { takeRevision } from "#lib/client/live-cache.ts";
import { rollBack } from "#lib/client/mutations.ts";
import type { RevisionSummary } from "#lib/contracts/views.ts";
import classes from "./changes.module.css";
import { ComparisonView } from "./comparison-view.tsx";
import { useNote } from "./use-note.tsx";
import { useSideNames } from "./use-side-names.ts";

type Props = { revision: RevisionSummary; head: number; onClose: () => void; onDone: () => void };

/**
 * Asks before going back, and shows first what that changes in what is in force. Refused if somebody published after this
 * was opened.
 */
export function RollBackDialog({ revision, head, onClose, onDone }: Props) {
  const t = useTranslations("changes.rollBack");
  const client = useQueryClient();
  const notify = useNotify();
  const { note, field } = useNote(t("note"));
  // What was in force when the person asked: what they have seen is what happens, or nothing does.
  const [base] = useState(head);
  const { number } = revision;
  const comparison = useQuery(comparisonQuery(base, number));
  const sides = useSideNames()(base, number);
  const mutation = useMutation({
    mutationFn: () => rollBack(number, note || undefined, base),
    onSuccess: (made) => {
      takeRevision(client);
      notify.done(t("done", { revision: made.revision }));
      onDone();
    },
  });
  const undone = t("undoneValue", { count: base - number, from: String(number + 1), to: String(base) });
  return (
    <ConfirmDialog
      title={t("title", { number })}
      lead={t("lead", { number })}
      size={860}
      consequences={[
        { label: t("undone"), value: undone, tone: "warn" },
        { label: t("published"), value: <Time at={revision.publishedAt} /> },
      ]}
      confirmLabel={t("confirm")}
      isPending={mutation.isPending}
      isBlocked={comparison.data === undefined}
      error={mutation.error}
      onConfirm={() => mutation.mutate()}
      onClose={onClose}
    >
      <section className={classes.inDialog} aria-label={t("changes")}>
        <QueryView query={comparison}>{(known) => <ComparisonView comparison={known} sides={sides} />}</QueryView>
      </section>
      {field}
    </ConfirmDialog>
  );
}
