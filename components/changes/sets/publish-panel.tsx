"use client";
import { Textarea } from "@mantine/core";
import { IconRocket } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import { GuardedButton } from "#components/forms/guarded.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { changeSetKeys, publishChangeSet } from "#lib/client/change-sets.ts";
import { takeRevision } from "#lib/client/live-cache.ts";
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";
import { publishBlocks } from "./publish-blocks.ts";
import classes from "./review.module.css";

const MAX_NOTE = 500;

type Props = { detail: ChangeSetDetail; confirmed: ReadonlySet<string> };

/** The note and the publish. What was reviewed is what is published: anything newer is refused, and read first. */
export function PublishPanel({ detail, confirmed }: Props) {
  const t = useTranslations("review.publish");
  const client = useQueryClient();
  const notify = useNotify();
  const [note, setNote] = useState("");
  const blocks = publishBlocks(detail, confirmed);
  const publish = useMutation({
    mutationFn: () =>
      publishChangeSet(
        detail.id,
        {
          note: note.trim(),
          confirm: detail.warnings.flatMap(({ id }) => (confirmed.has(id) ? [id] : [])),
          version: detail.version,
        },
        detail.headRevision,
      ),
    onSuccess: ({ revision }) => {
      takeRevision(client);
      notify.done(t("done", { revision }));
    },
    // Also when it is refused: what stands in the way has come since, and must be seen.
    onSettled: () => client.invalidateQueries({ queryKey: changeSetKeys.all }),
  });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (blocks.length === 0 && !publish.isPending) publish.mutate();
  };
  return (
    <Panel title={t("title")}>
      <form onSubmit={submit} className={classes.publish}>
        <Textarea
          label={t("note")}
          placeholder={t("notePlaceholder")}
          value={note}
          maxLength={MAX_NOTE}
          autosize
          minRows={2}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {blocks.length > 0 && (
          <ul className={classes.blocks} aria-label={t("blocked")} id="publish-blocks">
            {blocks.map((block) => (
              <li key={block.kind}>
                {block.kind === "nothing" ? t("block.nothing") : t(`block.${block.kind}`, { count: block.count })}
              </li>
            ))}
          </ul>
        )}
        <FormProblem error={publish.error} />
        <div className={classes.publishButtons}>
          <GuardedButton
            needs="publisher"
            type="submit"
            loading={publish.isPending}
            disabled={blocks.length > 0}
            leftSection={<IconRocket size={14} aria-hidden="true" />}
          >
            {t("button", { number: detail.headRevision + 1 })}
          </GuardedButton>
        </div>
      </form>
    </Panel>
  );
}
