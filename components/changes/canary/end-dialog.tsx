"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useNote } from "#components/changes/use-note.tsx";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { endCanary } from "#lib/client/canaries.ts";
import { takeRevision } from "#lib/client/live-cache.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { CanaryView } from "#lib/contracts/canary.ts";

type Props = { canary: CanaryView; how: "promote" | "abort"; onClose: () => void };

/** Asks before a person ends a canary, and says what was measured until now. */
export function EndDialog({ canary, how, onClose }: Props) {
  const t = useTranslations("canary");
  const formats = useFormats();
  const client = useQueryClient();
  const notify = useNotify();
  const { note, field } = useNote(t("note"));
  const mutation = useMutation({
    mutationFn: () => endCanary(canary.id, how, note),
    onSuccess: () => {
      notify.done(t(`${how}.done`, { number: canary.revision, base: canary.baseRevision }));
      onClose();
    },
    // Also when it is over already: then what ended it must be seen.
    onSettled: () => takeRevision(client),
  });
  const { evidence, settings } = canary;
  const sample = Math.min(evidence.control.answered, evidence.canary.answered);
  const arms = (pick: (arm: typeof evidence.control) => string) =>
    t("against", { canary: pick(evidence.canary), control: pick(evidence.control) });
  return (
    <ConfirmDialog
      title={t(`${how}.title`, { number: canary.revision })}
      lead={t(`${how}.lead`, { number: canary.revision, base: canary.baseRevision })}
      size={520}
      consequences={[
        {
          label: t("sample"),
          value: t("sampleOf", { count: formats.integer(sample), needed: formats.integer(settings.minRequests) }),
          tone: how === "promote" && sample < settings.minRequests ? "warn" : undefined,
        },
        { label: t("figure.success"), value: arms(({ successRatio }) => formats.success(successRatio)) },
        { label: t("figure.p99"), value: arms(({ p99Ms }) => formats.msUnit(p99Ms)) },
      ]}
      confirmLabel={t(`${how}.confirm`)}
      isPending={mutation.isPending}
      error={mutation.error}
      onConfirm={() => mutation.mutate()}
      onClose={onClose}
    >
      {field}
    </ConfirmDialog>
  );
}
