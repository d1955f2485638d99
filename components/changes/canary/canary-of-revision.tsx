"use client";
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useNote } from "#components/changes/use-note.tsx";
import { Dialog } from "#components/forms/dialog.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import forms from "#components/forms/forms.module.css";
import { ApiError } from "#lib/client/api.ts";
import { startCanaryOfRevision } from "#lib/client/canaries.ts";
import { takeRevision } from "#lib/client/live-cache.ts";
import { CanaryFields } from "./canary-fields.tsx";
import { UnreadWarnings } from "./unread-warnings.tsx";
import { useCanaryDraft } from "./use-canary-draft.ts";

type Props = { number: number; head: number; onClose: () => void };

/** Goes back to an earlier revision with a share of the clients first. */
export function CanaryOfRevision({ number, head, onClose }: Props) {
  const t = useTranslations("canary");
  const common = useTranslations("common");
  const client = useQueryClient();
  const router = useRouter();
  const draft = useCanaryDraft();
  const { note, field } = useNote(t("note"));
  // What was in force when the person asked is what it is compared with, or nothing happens.
  const [base] = useState(head);
  const { settings } = draft;
  const mutation = useMutation({
    mutationFn: (confirm: string[]) =>
      startCanaryOfRevision(number, { ...(settings && { settings }), note, confirm }, base),
    onSuccess: ({ id }) => router.push(`/changes/canaries/${id}` as Route),
    onSettled: () => takeRevision(client),
  });
  const unread = mutation.error instanceof ApiError ? mutation.error.warnings : [];
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    // Those of the refusal stand above the button: whoever presses it again has read them.
    if (settings !== null && !mutation.isPending) mutation.mutate(unread.map(({ id }) => id));
  };
  return (
    <Dialog onClose={onClose} title={t("ofRevision.title", { number })} size={720} closeOnClickOutside={false}>
      <form onSubmit={submit} noValidate className={forms.form}>
        <p>{t("ofRevision.lead", { number })}</p>
        <CanaryFields draft={draft} />
        {field}
        <FormProblem error={unread.length > 0 ? null : mutation.error} />
        {unread.length > 0 && (
          <UnreadWarnings warnings={unread} title={t("start.warnings", { count: unread.length })} />
        )}
        <div className={forms.footer}>
          <span className={forms.note}>{t("start.note")}</span>
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={mutation.isPending} disabled={settings === null}>
            {t(unread.length > 0 ? "start.anyway" : "start.button")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
