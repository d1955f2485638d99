"use client";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { ChangeSetNameDialog } from "#components/staging/change-set-name-dialog.tsx";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { openChangeSetsQuery } from "#lib/client/change-sets.ts";
import type { ChangeSetSummary } from "#lib/contracts/change-sets.ts";
import classes from "../changes.module.css";

const TOLD = 4;

/** Everybody's drafts: who is about to change what. */
export function OpenSets() {
  const t = useTranslations("review.list");
  const query = useQuery(openChangeSetsQuery);
  const [isNaming, setNaming] = useState(false);
  const add = (
    <GuardedButton
      needs="publisher"
      variant="default"
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => setNaming(true)}
    >
      {t("new")}
    </GuardedButton>
  );
  return (
    <Panel flush title={t("title")} term="changeSet" hint={t("hint")} aside={add}>
      <QueryView query={query}>
        {(sets) => (sets.length === 0 ? <EmptyState title={t("none")} text={t("noneText")} /> : <Sets sets={sets} />)}
      </QueryView>
      {isNaming && <ChangeSetNameDialog onClose={() => setNaming(false)} />}
    </Panel>
  );
}

function Sets({ sets }: { sets: readonly ChangeSetSummary[] }) {
  const t = useTranslations("review.list");
  const active = useActiveChangeSet();
  const columns = [
    { key: "name", label: t("name") },
    { key: "author", label: t("author") },
    { key: "touches", label: t("touches") },
    { key: "edits", label: t("edits"), isNumber: true },
    { key: "updated", label: t("updated"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {sets.map((set) => (
        <tr key={set.id} data-change-set={set.name}>
          <td>
            <Link href={`/changes/sets/${set.id}` as Route} className={tableClasses.name}>
              {set.name}
            </Link>
            {set.id === active?.id && <span className={classes.current}>{t("active")}</span>}
            {set.baseRevision < set.headRevision && set.operationCount > 0 && (
              <span className={classes.behind}>{t("behind")}</span>
            )}
          </td>
          <td className={tableClasses.mute}>{set.author}</td>
          <td className={tableClasses.wrap}>
            <Touches set={set} />
          </td>
          <td className={tableClasses.number}>{set.operationCount}</td>
          <td className={tableClasses.number}>
            <RelativeTime at={set.updatedAt} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

/** What a change set is about; others' edits in it are told with their names. */
function Touches({ set }: { set: ChangeSetSummary }) {
  const t = useTranslations("review.list");
  const told = set.touches.slice(0, TOLD).map(({ name, by }) => {
    const others = by.filter((who) => who !== set.author);
    return others.length > 0 ? t("touchedBy", { name, who: others.join(", ") }) : name;
  });
  const more = set.touches.length - told.length;
  return [...told, ...(more > 0 ? [t("more", { count: more })] : [])].join(" · ");
}
