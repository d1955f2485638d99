"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { silencesQuery } from "#lib/client/alerting.ts";
import type { SilenceView } from "#lib/contracts/silences.ts";
import { EditablePanel } from "./editable-panel.tsx";
import { EndSilenceDialog } from "./end-dialogs.tsx";
import { StoredMatchers } from "./matcher-fields.tsx";
import { SilenceForm } from "./silence-form.tsx";
import { WindowsPanel } from "./windows-panel.tsx";

/** What keeps alerts from being told: once, and again and again. */
export function SilencesTab() {
  const t = useTranslations("silences");
  const query = useQuery(silencesQuery);
  return (
    <>
      <EditablePanel
        term="silence"
        title={t("title")}
        hint={t("hint")}
        addLabel={t("new")}
        needs="operator"
        form={(_, close) => <SilenceForm onClose={close} />}
      >
        {() => (
          <QueryView query={query}>
            {(silences) =>
              silences.length === 0 ? (
                <EmptyState title={t("none")} text={t("noneText")} />
              ) : (
                <SilenceTable silences={silences} />
              )
            }
          </QueryView>
        )}
      </EditablePanel>
      <WindowsPanel />
    </>
  );
}

function SilenceTable({ silences }: { silences: readonly SilenceView[] }) {
  const t = useTranslations("silences");
  const columns = (["state", "matches", "why", "by", "ends"] as const).map((key) => ({
    key,
    label: t(`columns.${key}`),
  }));
  return (
    <DataTable label={t("title")} columns={[...columns, { key: "end", label: t("columns.actions"), isNumber: true }]}>
      {silences.map((silence) => (
        <tr key={silence.id} data-silence={silence.comment} data-state={silence.state}>
          <td>
            {t(`state.${silence.state}`)}
            {silence.matching > 0 && (
              <span className={tableClasses.mute}> · {t("matching", { count: silence.matching })}</span>
            )}
          </td>
          <td>
            <StoredMatchers of={silence} />
          </td>
          <td>{silence.comment}</td>
          <td>
            {silence.endedBy ? t("endedBy", { by: silence.createdBy, ended: silence.endedBy }) : silence.createdBy}
          </td>
          <td>
            <Time at={silence.endsAt} />
          </td>
          <td className={tableClasses.number}>{silence.state !== "ended" && <EndButton silence={silence} />}</td>
        </tr>
      ))}
    </DataTable>
  );
}

function EndButton({ silence }: { silence: SilenceView }) {
  const t = useTranslations("silences");
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <GuardedButton
        needs="operator"
        variant="default"
        size="compact-xs"
        aria-label={t("endOf", { comment: silence.comment })}
        onClick={() => setAsked(true)}
      >
        {t("endAsk")}
      </GuardedButton>
      {isAsked && <EndSilenceDialog of={silence} onClose={() => setAsked(false)} />}
    </>
  );
}
