"use client";
import { Radio } from "@mantine/core";
import { IconFeather, IconRocket } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { CanaryFields } from "#components/changes/canary/canary-fields.tsx";
import { useCanaryDraft } from "#components/changes/canary/use-canary-draft.ts";
import { useNote } from "#components/changes/use-note.tsx";
import { Panel } from "#components/data/panel.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { runningCanaryQuery, startCanaryOfChangeSet } from "#lib/client/canaries.ts";
import { changeSetKeys, publishChangeSet } from "#lib/client/change-sets.ts";
import { takeRevision } from "#lib/client/live-cache.ts";
import { recentRevisionsQuery } from "#lib/client/queries.ts";
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";
import { publishBlocks } from "./publish-blocks.ts";
import classes from "./review.module.css";

type Props = { detail: ChangeSetDetail; confirmed: ReadonlySet<string> };
type Scope = "everybody" | "share";

/** The note, whom it is for, and the publish. What was reviewed is what is published: anything newer is refused, and read first. */
export function PublishPanel({ detail, confirmed }: Props) {
  const t = useTranslations("review.publish");
  const canaries = useTranslations("canary");
  const { note, field } = useNote(t("note"), { placeholder: t("notePlaceholder"), minRows: 2 });
  const [scope, setScope] = useState<Scope>("everybody");
  const draft = useCanaryDraft();
  const canary = useQuery(runningCanaryQuery).data ?? undefined;
  const blocks = publishBlocks(detail, confirmed, canary?.revision);
  const { everybody, share } = usePublish({ detail, confirmed, note, settings: draft.settings });
  const act = scope === "everybody" ? everybody : share;
  const isBlocked = blocks.length > 0 || (scope === "share" && draft.settings === null);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (!isBlocked && !act.isPending) act.mutate();
  };
  return (
    <Panel title={t("title")}>
      <form onSubmit={submit} className={classes.publish} noValidate>
        <Radio.Group
          label={canaries("scope.label")}
          value={scope}
          onChange={(value) => setScope(value === "share" ? "share" : "everybody")}
        >
          <div className={classes.scopes}>
            {(["everybody", "share"] as const).map((value) => (
              <Radio
                key={value}
                value={value}
                label={canaries(`scope.${value}`)}
                description={canaries(`scope.${value}Help`)}
              />
            ))}
          </div>
        </Radio.Group>
        {scope === "share" && <CanaryFields draft={draft} />}
        {field}
        <Blocks blocks={blocks} />
        <FormProblem error={act.error} />
        <div className={classes.publishButtons}>
          <Submit scope={scope} isPending={act.isPending} isBlocked={isBlocked} head={detail.headRevision} />
        </div>
      </form>
    </Panel>
  );
}

function usePublish({
  detail,
  confirmed,
  note,
  settings,
}: Props & { note: string; settings: ReturnType<typeof useCanaryDraft>["settings"] }) {
  const t = useTranslations("review.publish");
  const client = useQueryClient();
  const router = useRouter();
  const notify = useNotify();
  const input = {
    note,
    confirm: detail.warnings.flatMap(({ id }) => (confirmed.has(id) ? [id] : [])),
    version: detail.version,
  };
  // Also when it is refused: what stands in the way has come since, and must be seen.
  const onSettled = () => client.invalidateQueries({ queryKey: changeSetKeys.all });
  const everybody = useMutation({
    mutationFn: () => publishChangeSet(detail.id, input, detail.headRevision),
    onSuccess: ({ revision }) => {
      takeRevision(client);
      notify.done(t("done", { revision }));
    },
    onSettled,
  });
  const share = useMutation({
    mutationFn: () =>
      startCanaryOfChangeSet(detail.id, { ...input, ...(settings && { settings }) }, detail.headRevision),
    onSuccess: ({ id }) => {
      takeRevision(client);
      router.push(`/changes/canaries/${id}` as Route);
    },
    onSettled,
  });
  return { everybody, share };
}

function Blocks({ blocks }: { blocks: ReturnType<typeof publishBlocks> }) {
  const t = useTranslations("review.publish");
  if (blocks.length === 0) return null;
  return (
    <ul className={classes.blocks} aria-label={t("blocked")} id="publish-blocks">
      {blocks.map((block) => (
        <li key={block.kind}>
          {block.kind === "nothing" ? t("block.nothing") : t(`block.${block.kind}`, { count: block.count })}
        </li>
      ))}
    </ul>
  );
}

type SubmitProps = { scope: Scope; isPending: boolean; isBlocked: boolean; head: number };

function Submit({ scope, isPending, isBlocked, head }: SubmitProps) {
  const t = useTranslations("review.publish");
  const canaries = useTranslations("canary");
  // Numbers of canaries that were rolled back are not given again.
  const newest = useQuery(recentRevisionsQuery).data?.[0]?.number ?? head;
  const Icon = scope === "everybody" ? IconRocket : IconFeather;
  return (
    <GuardedButton
      needs="publisher"
      type="submit"
      loading={isPending}
      disabled={isBlocked}
      leftSection={<Icon size={14} aria-hidden="true" />}
    >
      {scope === "everybody" ? t("button", { number: Math.max(newest, head) + 1 }) : canaries("start.button")}
    </GuardedButton>
  );
}
