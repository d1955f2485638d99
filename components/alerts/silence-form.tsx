"use client";
import { Select, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import classes from "#components/forms/forms.module.css";
import { useNotify } from "#components/forms/use-notify.ts";
import { alertingKeys, createSilence } from "#lib/client/alerting.ts";
import { keys } from "#lib/client/queries.ts";
import type { AlertMatchers } from "#lib/contracts/silences.ts";
import { MatcherFields, NO_MATCHERS } from "./matcher-fields.tsx";
import { MutationModal } from "./mutation-modal.tsx";

const HOURS = ["1", "4", "24", "168", "720"] as const;
type Hours = (typeof HOURS)[number];

type Props = { matchers?: AlertMatchers; onClose: () => void };

/** A silence always has an end, and says why it is there. */
export function SilenceForm({ matchers: given = NO_MATCHERS, onClose }: Props) {
  const t = useTranslations("silences");
  const notify = useNotify();
  const client = useQueryClient();
  const [matchers, setMatchers] = useState(given);
  const [hours, setHours] = useState<Hours>("1");
  const [comment, setComment] = useState("");
  const mutation = useMutation({
    mutationFn: () => {
      const endsAt = new Date(Date.now() + Number(hours) * 3_600_000).toISOString();
      return createSilence({ matchers, comment, endsAt });
    },
    onSuccess: () => {
      for (const queryKey of [alertingKeys.silences, keys.alerts]) void client.invalidateQueries({ queryKey });
      notify.done(t("done"));
      onClose();
    },
  });
  return (
    <MutationModal
      title={t("new")}
      submitLabel={t("create")}
      needs="operator"
      isPending={mutation.isPending}
      error={mutation.error}
      onSubmit={mutation.mutate}
      onClose={onClose}
    >
      <div className={classes.grid}>
        <MatcherFields matchers={matchers} onChange={setMatchers} />
        <Select
          label={t("for")}
          allowDeselect={false}
          value={hours}
          data={HOURS.map((value) => ({ value, label: t(`hours.${value}`) }))}
          onChange={(value) => setHours((value as Hours) ?? "1")}
        />
      </div>
      <Textarea
        label={t("comment")}
        required
        maxLength={500}
        autosize
        minRows={2}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
    </MutationModal>
  );
}
