"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { canariesQuery } from "#lib/client/canaries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { CanaryView } from "#lib/contracts/canary.ts";
import classes from "./canary.module.css";
import { StateTag } from "./state-tag.tsx";
import { useVerdictText } from "./use-verdict-text.ts";

/** Every canary, the latest first, with how it ended and why. */
export function CanaryList() {
  const t = useTranslations("canary");
  const query = useInfiniteQuery(canariesQuery);
  return (
    <Panel flush title={t("list.title")} term="canary" hint={t("list.hint")}>
      <HistoryView query={query}>
        {(canaries) =>
          canaries.length === 0 ? (
            <EmptyState title={t("list.none")} text={t("list.noneText")} />
          ) : (
            <Canaries canaries={canaries} />
          )
        }
      </HistoryView>
    </Panel>
  );
}

function Canaries({ canaries }: { canaries: readonly CanaryView[] }) {
  const t = useTranslations("canary");
  const formats = useFormats();
  const verdict = useVerdictText();
  const columns = [
    { key: "revision", label: t("list.revision") },
    { key: "state", label: t("list.state") },
    { key: "why", label: t("list.why") },
    { key: "share", label: t("share"), isNumber: true },
    { key: "by", label: t("list.by") },
    { key: "started", label: t("started"), isNumber: true },
  ];
  return (
    <DataTable label={t("list.title")} columns={columns}>
      {canaries.map((canary) => (
        <tr key={canary.id} data-canary={canary.revision}>
          <td>
            <Link href={`/changes/canaries/${canary.id}` as Route} className={tableClasses.name}>
              {t("list.name", { number: canary.revision })}
            </Link>
          </td>
          <td>
            <StateTag state={canary.state} />
          </td>
          <td className={`${tableClasses.wrap} ${classes.why}`}>{verdict(canary)}</td>
          <td className={tableClasses.number}>{formats.percent(canary.settings.sharePercent / 100)}</td>
          <td className={tableClasses.mute}>{canary.startedBy}</td>
          <td className={tableClasses.number}>
            <RelativeTime at={canary.startedAt} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}
