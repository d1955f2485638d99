"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { Time } from "#components/data/time.tsx";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { MISSING } from "#lib/client/format.ts";
import { type LedgerFilter, ledgerQuery } from "#lib/client/ledger-queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { LedgerEntry } from "#lib/contracts/ledger.ts";
import classes from "./ledger-panel.module.css";

/** Shifts of the shares of a pool's nodes, or of one node, with their causes. */
export function LedgerPanel(filter: LedgerFilter) {
  const t = useTranslations("ledger");
  const query = useInfiniteQuery({ ...ledgerQuery(filter), refetchInterval: 15_000 });
  return (
    <Panel flush title={t("title")} term="ledger" hint={t("hint")}>
      <div className={classes.scroll}>
        <HistoryView query={query}>
          {(entries) => (entries.length === 0 ? <EmptyState title={t("none")} /> : <LedgerTable entries={entries} />)}
        </HistoryView>
      </div>
    </Panel>
  );
}

export function LedgerTable({ entries }: { entries: readonly LedgerEntry[] }) {
  const t = useTranslations("ledger");
  const formats = useFormats();
  const reasonText = useReasonText();
  const columns: Column[] = [
    { key: "time", label: t("columns.time") },
    { key: "node", label: t("columns.node") },
    { key: "before", label: t("columns.before"), isNumber: true },
    { key: "after", label: t("columns.after"), isNumber: true },
    { key: "cause", label: t("columns.cause") },
    { key: "detail", label: t("columns.detail") },
    { key: "revision", label: t("columns.revision"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {entries.map((entry) => (
        <tr key={entry.id} data-shift={entry.cause}>
          <td>
            <Time at={entry.at} />
          </td>
          <td>
            <b>{entry.nodeName ?? t("gone")}</b>
          </td>
          <td className={tableClasses.number}>{formats.percent(entry.shareBefore)}</td>
          <td className={tableClasses.number}>{formats.percent(entry.shareAfter)}</td>
          <td>
            {t(`cause.${entry.cause}`)}{" "}
            {entry.byNodeId !== null && (
              <span className={tableClasses.mute}>{t("by", { node: entry.byNodeName ?? t("gone") })}</span>
            )}
          </td>
          <td>{entry.detail === "" ? MISSING : reasonText(entry.detail)}</td>
          <td className={tableClasses.number}>
            {entry.revision === null ? (
              MISSING
            ) : (
              <Link className={tableClasses.name} href={`/changes?revision=${entry.revision}` as Route}>
                {entry.revision}
              </Link>
            )}
          </td>
        </tr>
      ))}
    </DataTable>
  );
}
