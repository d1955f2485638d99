"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsInteger, useQueryState } from "nuqs";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import { Page } from "#components/shell/page.tsx";
import { revisionsQuery } from "#lib/client/queries.ts";
import classes from "./changes.module.css";
import { RevisionPanel } from "./revision-panel.tsx";
import { RevisionTable } from "./revision-table.tsx";

/** Every revision that was published, and what each changed; `?revision=` says which one is open. */
export function ChangesPage() {
  const t = useTranslations("changes");
  const shell = useTranslations("shell");
  const [chosen, setChosen] = useQueryState("revision", parseAsInteger);
  const query = useInfiniteQuery(revisionsQuery());
  const head = query.data?.pages[0]?.items[0]?.number;
  const selected = chosen ?? head;
  return (
    <Page title={shell("nav.changes")}>
      <div className={classes.layout}>
        <Panel flush title={t("list")}>
          <HistoryView query={query}>
            {(revisions) =>
              revisions.length === 0 ? (
                <EmptyState title={t("none")} text={t("noneText")} />
              ) : (
                <RevisionTable
                  revisions={revisions}
                  selected={selected}
                  onSelect={(number) => void setChosen(number)}
                />
              )
            }
          </HistoryView>
        </Panel>
        {selected !== undefined && (
          <RevisionPanel key={selected} number={selected} head={head} onRolledBack={() => void setChosen(null)} />
        )}
      </div>
    </Page>
  );
}
