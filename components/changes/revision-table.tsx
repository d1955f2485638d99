"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import type { RevisionSummary } from "#lib/contracts/views.ts";
import classes from "./changes.module.css";
import { RevisionTitle } from "./revision-title.tsx";

type Props = {
  revisions: readonly RevisionSummary[];
  selected: number | undefined;
  onSelect: (number: number) => void;
};

export function RevisionTable({ revisions, selected, onSelect }: Props) {
  const t = useTranslations("changes");
  const columns: Column[] = [
    { key: "revision", label: t("columns.revision") },
    { key: "note", label: t("columns.note") },
    { key: "author", label: t("columns.author") },
    { key: "changes", label: t("columns.changes"), isNumber: true },
    { key: "published", label: t("columns.published"), isNumber: true },
  ];
  return (
    <DataTable label={t("list")} columns={columns}>
      {revisions.map((revision) => (
        // The whole row is a target for the mouse; the link in it is the one for the keyboard.
        <tr
          key={revision.number}
          className={classes.row}
          data-revision={revision.number}
          data-selected={revision.number === selected || undefined}
          onClick={() => onSelect(revision.number)}
        >
          <td>
            <Link
              className={tableClasses.name}
              href={`/changes?revision=${revision.number}` as Route}
              aria-current={revision.number === selected || undefined}
            >
              {revision.number}
            </Link>
            {revision.state !== "published" && <span className={classes.behind}>{t(`state.${revision.state}`)}</span>}
            {revision.isCurrent && <span className={classes.current}>{t("current")}</span>}
          </td>
          <td className={tableClasses.wrap}>
            <RevisionTitle revision={revision} />
          </td>
          <td className={tableClasses.mute}>{revision.author}</td>
          <td className={tableClasses.number}>{revision.changeCount}</td>
          <td className={tableClasses.number}>
            <RelativeTime at={revision.publishedAt} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}
