"use client";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Panel } from "#components/data/panel.tsx";
import { useOwnAnswers } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import { PROXY_PROBLEMS } from "#lib/contracts/problem-codes.ts";

const STATUSES: Readonly<Record<string, number>> = PROXY_PROBLEMS;

/** What the proxies answered themselves, by code, of which no pool's figures tell. Not drawn while that is nothing. */
export function OwnAnswers() {
  const t = useTranslations("overview.own");
  const formats = useFormats();
  const counts = useOwnAnswers();
  if (counts.length === 0) return null;
  const columns = [
    { key: "code", label: t("code") },
    { key: "status", label: t("status"), isNumber: true },
    { key: "count", label: t("count"), isNumber: true },
  ];
  return (
    <Panel flush title={t("title")} hint={t("hint")}>
      <DataTable label={t("title")} columns={columns}>
        {counts.map(({ code, count }) => (
          <tr key={code} data-code={code}>
            <td>
              <code>{code}</code>
            </td>
            <td className={tableClasses.number}>{STATUSES[code] ?? t("ofRoute")}</td>
            <td className={tableClasses.number}>{formats.integer(count)}</td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  );
}
