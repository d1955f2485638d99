"use client";
import { Button, TextInput } from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsString, useQueryStates } from "nuqs";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { Page } from "#components/shell/page.tsx";
import { StagedPools } from "#components/staging/staged-pools.tsx";
import { patiently } from "#lib/client/patiently.ts";
import { poolsQuery } from "#lib/client/queries.ts";
import { useCan } from "#lib/client/use-can.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import classes from "./pools.module.css";
import { PoolsTable } from "./pools-table.tsx";

/** With all its fields: loaded when it is asked for. */
const NewPoolForm = dynamic(patiently(() => import("./new-pool-form.tsx").then((module) => module.NewPoolForm)));

/** Pools whose name or description, or one of whose nodes' name or URL, holds `search`. */
export function matching(pools: readonly PoolView[], search: string): PoolView[] {
  const wanted = search.trim().toLowerCase();
  const holds = (text: string) => text.toLowerCase().includes(wanted);
  return pools.filter(
    (pool) =>
      holds(pool.name) || holds(pool.description) || pool.nodes.some((node) => holds(node.name) || holds(node.url)),
  );
}

export function PoolsPage() {
  const t = useTranslations("pools");
  const query = useQuery(poolsQuery);
  // Both in the address: a search can be sent to somebody, and other pages lead straight to the form.
  const [state, setState] = useQueryStates({
    q: parseAsString.withDefault(""),
    new: parseAsBoolean.withDefault(false),
  });
  const mayCreate = useCan("publisher");
  const newPool = (
    <GuardedButton
      needs="publisher"
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => void setState({ new: true })}
    >
      {t("new")}
    </GuardedButton>
  );
  return (
    <Page title={t("title")}>
      <div className={classes.toolbar}>
        <TextInput
          type="search"
          size="xs"
          className={classes.search}
          aria-label={t("search")}
          placeholder={t("search")}
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          value={state.q}
          onChange={(event) => void setState({ q: event.currentTarget.value || null })}
        />
        <span className={classes.count} role="status">
          {query.data && t("count", { count: matching(query.data, state.q).length })}
        </span>
        {newPool}
      </div>
      <Panel flush>
        <QueryView query={query}>
          {(pools) => {
            const found = matching(pools, state.q);
            if (pools.length === 0)
              return <EmptyState title={t("empty.title")} text={t("empty.text")} action={newPool} />;
            if (found.length === 0)
              return (
                <EmptyState
                  title={t("empty.noMatch", { search: state.q })}
                  action={
                    <Button variant="default" onClick={() => void setState({ q: null })}>
                      {t("empty.clear")}
                    </Button>
                  }
                />
              );
            return <PoolsTable pools={found} />;
          }}
        </QueryView>
      </Panel>
      <StagedPools />
      {state.new && mayCreate && <NewPoolForm onClose={() => void setState({ new: null })} />}
    </Page>
  );
}
