"use client";
import { Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import toolbar from "#components/data/toolbar.module.css";
import { useRefusal } from "#components/forms/guarded.tsx";
import { Page } from "#components/shell/page.tsx";
import { auditQuery } from "#lib/client/queries.ts";
import { AUDIT_ACTIONS, type AuditAction } from "./audit-actions.ts";
import { AuditTable } from "./audit-table.tsx";

function Entries({ action }: { action: AuditAction | null }) {
  const t = useTranslations("audit");
  const query = useInfiniteQuery(auditQuery(action === null ? {} : { action }));
  return (
    <HistoryView query={query}>
      {(entries) =>
        entries.length === 0 ? <EmptyState title={t("none")} text={t("noneText")} /> : <AuditTable entries={entries} />
      }
    </HistoryView>
  );
}

/** Who did what, when and from where; `?action=` filters. */
export function AuditPage() {
  const t = useTranslations("audit");
  const shell = useTranslations("shell");
  const refusal = useRefusal("operator");
  const [action, setAction] = useQueryState("action", parseAsStringLiteral(AUDIT_ACTIONS));
  return (
    <Page title={shell("nav.audit")}>
      <div className={toolbar.toolbar}>
        <Select
          size="xs"
          searchable
          aria-label={t("filter")}
          value={action ?? ""}
          onChange={(value) => void setAction(AUDIT_ACTIONS.find((known) => known === value) ?? null)}
          data={[
            { value: "", label: t("all") },
            ...AUDIT_ACTIONS.map((value) => ({ value, label: t(`action.${value}`) })),
          ]}
        />
      </div>
      <Panel flush>
        {refusal === undefined ? <Entries action={action} /> : <EmptyState title={refusal} text={t("needsOperator")} />}
      </Panel>
    </Page>
  );
}
