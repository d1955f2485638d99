"use client";
import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsInteger, parseAsString, useQueryState } from "nuqs";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import toolbar from "#components/data/toolbar.module.css";
import { healthQuery, revisionsQuery } from "#lib/client/queries.ts";
import { CanaryList } from "./canary/canary-list.tsx";
import classes from "./changes.module.css";
import { RevisionPanel } from "./revision-panel.tsx";
import { RevisionTable } from "./revision-table.tsx";
import { OpenSets } from "./sets/open-sets.tsx";

const TYPED_MS = 250;

/** What was published, newest first; `?q=` filters by note, author, what it was done to, and number; `?revision=` is open. */
export function Revisions() {
  const t = useTranslations("changes");
  const [chosen, setChosen] = useQueryState("revision", parseAsInteger);
  const [search, setSearch] = useQueryState("q", parseAsString.withDefault(""));
  const [sent] = useDebouncedValue(search.trim(), TYPED_MS);
  const query = useInfiniteQuery(revisionsQuery(sent === "" ? {} : { find: sent }));
  const head = useQuery(healthQuery).data?.revision ?? undefined;
  const selected = chosen ?? query.data?.pages[0]?.items[0]?.number;
  return (
    <>
      <OpenSets />
      <CanaryList />
      <div className={toolbar.toolbar}>
        <TextInput
          type="search"
          size="xs"
          className={classes.search}
          aria-label={t("search")}
          placeholder={t("search")}
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          value={search}
          onChange={(event) => void setSearch(event.currentTarget.value || null)}
        />
      </div>
      <div className={classes.layout}>
        <Panel flush title={t("list")}>
          <HistoryView query={query}>
            {(revisions) =>
              revisions.length === 0 ? (
                <EmptyState
                  title={sent === "" ? t("none") : t("notFound", { search: sent })}
                  text={sent === "" ? t("noneText") : undefined}
                />
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
    </>
  );
}
