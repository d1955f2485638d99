"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { AuditTable } from "#components/audit/audit-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import { useRefusal } from "#components/forms/use-refusal.ts";
import { auditQuery } from "#lib/client/audit.ts";
import type { Alert } from "#lib/contracts/alerts.ts";

type Props = { alert: Alert; between: { from: string; to?: string } };

/** What people did around it, of its pool and the nodes there; without a pool, whatever was done. */
export function AlertDone({ alert, between }: Props) {
  const t = useTranslations("alerts.details");
  const refusal = useRefusal("operator");
  const filter = { ...between, ...(alert.poolId !== null && { poolId: alert.poolId }) };
  return (
    <Panel flush title={t("done")} hint={t("doneHint")}>
      {refusal === undefined ? <Entries filter={filter} /> : <EmptyState title={refusal} text={t("doneNeeds")} />}
    </Panel>
  );
}

function Entries({ filter }: { filter: Parameters<typeof auditQuery>[0] }) {
  const t = useTranslations("alerts.details");
  const query = useInfiniteQuery({ ...auditQuery(filter), refetchInterval: 15_000 });
  return (
    <HistoryView query={query}>
      {(entries) => (entries.length === 0 ? <EmptyState title={t("doneNothing")} /> : <AuditTable entries={entries} />)}
    </HistoryView>
  );
}
