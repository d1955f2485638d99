"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import { OnlyFor } from "#components/forms/only-for.tsx";
import { Page } from "#components/shell/page.tsx";
import { auditQuery } from "#lib/client/audit.ts";
import type { AuditFilter } from "#lib/client/queries.ts";
import { useCan } from "#lib/client/use-can.ts";
import { AuditFilters, useAuditFilter } from "./audit-filters.tsx";
import { AuditTable } from "./audit-table.tsx";

function Entries({ filter }: { filter: AuditFilter }) {
  const t = useTranslations("audit");
  const query = useInfiniteQuery(auditQuery(filter));
  return (
    <HistoryView query={query}>
      {(entries) =>
        entries.length === 0 ? <EmptyState title={t("none")} text={t("noneText")} /> : <AuditTable entries={entries} />
      }
    </HistoryView>
  );
}

/** Who did what, when and from where. The filters are in the address, and what they let through can be taken along. */
export function AuditPage() {
  const t = useTranslations("audit");
  const shell = useTranslations("shell");
  const canRead = useCan("operator");
  const audit = useAuditFilter();
  return (
    <Page title={shell("nav.audit")}>
      <AuditFilters {...audit} canRead={canRead} />
      <Panel flush>
        <OnlyFor needs="operator" text={t("needsOperator")}>
          <Entries filter={audit.filter} />
        </OnlyFor>
      </Panel>
    </Page>
  );
}
