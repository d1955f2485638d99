"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import toolbar from "#components/data/toolbar.module.css";
import { Page } from "#components/shell/page.tsx";
import { type RequestFilter, requestsQuery } from "#lib/client/request-queries.ts";
import { Explanation } from "./explanation.tsx";
import { RequestFilters, useRequestFilter } from "./request-filters.tsx";
import { RequestTable } from "./request-table.tsx";

function Requests({ filter }: { filter: RequestFilter }) {
  const t = useTranslations("requests");
  const query = useInfiniteQuery(requestsQuery(filter));
  const dropped = query.data?.pages[0]?.dropped ?? 0;
  return (
    <Panel flush title={t("list")} hint={dropped > 0 ? t("dropped", { count: dropped }) : t("hint")}>
      <HistoryView query={query}>
        {(requests) =>
          requests.length === 0 ? (
            <EmptyState title={t("none")} text={t("noneText")} />
          ) : (
            <RequestTable label={t("list")} requests={requests} />
          )
        }
      </HistoryView>
    </Panel>
  );
}

/** Single requests that were kept; one of them explained when its id is in the address. */
export function RequestsPage() {
  const shell = useTranslations("shell");
  const [id] = useQueryState("id", parseAsString);
  const filters = useRequestFilter();
  return (
    <Page title={shell("nav.requests")}>
      <div className={toolbar.stack}>
        {id === null ? (
          <>
            <RequestFilters {...filters} />
            <Requests filter={filters.filter} />
          </>
        ) : (
          <Explanation requestId={id} />
        )}
      </div>
    </Page>
  );
}
