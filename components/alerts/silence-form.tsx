"use client";
import { Button, Modal, Select, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FormProblem } from "#components/forms/form-problem.tsx";
import classes from "#components/forms/forms.module.css";
import { GuardedButton } from "#components/forms/guarded.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { alertingKeys, createSilence } from "#lib/client/alerting.ts";
import { keys } from "#lib/client/queries.ts";
import type { AlertMatchers } from "#lib/contracts/silences.ts";
import { MatcherFields, NO_MATCHERS } from "./matcher-fields.tsx";

const HOURS = ["1", "4", "24", "168", "720"] as const;
type Hours = (typeof HOURS)[number];

type Props = { matchers?: AlertMatchers; onClose: () => void };

/** A silence always has an end, and says why it is there. */
export function SilenceForm({ matchers: given = NO_MATCHERS, onClose }: Props) {
  const t = useTranslations("silences");
  const common = useTranslations("common");
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
    <Modal opened onClose={onClose} size={640} title={t("new")} closeButtonProps={{ "aria-label": common("close") }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          mutation.mutate();
        }}
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
        <FormProblem error={mutation.error} />
        <div className={classes.footer}>
          <Button variant="default" onClick={onClose} disabled={mutation.isPending}>
            {common("cancel")}
          </Button>
          <GuardedButton needs="operator" type="submit" loading={mutation.isPending}>
            {t("create")}
          </GuardedButton>
        </div>
      </form>
    </Modal>
  );
}
