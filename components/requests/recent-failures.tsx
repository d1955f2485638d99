"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { requestsQuery } from "#lib/client/request-queries.ts";
import { RequestTable } from "./request-table.tsx";
import classes from "./requests.module.css";

const SHOWN = 5;

/** The latest requests that failed, or were asked of another node: of a pool, or of one of its nodes. */
export function RecentFailures({ poolId, nodeId }: { poolId: string; nodeId?: string }) {
  const t = useTranslations("requests");
  const filter: Record<string, string> = nodeId === undefined ? { poolId, kept: "failed" } : { poolId, nodeId };
  const query = useInfiniteQuery({ ...requestsQuery(filter), refetchInterval: 15_000 });
  const all = `/requests?${new URLSearchParams(filter)}` as Route;
  return (
    <Panel
      flush
      title={t(nodeId === undefined ? "recent" : "recentOfNode")}
      aside={
        <Link className={classes.link} href={all}>
          {t("all")}
        </Link>
      }
    >
      <QueryView query={query}>
        {({ pages }) => {
          const requests = (pages[0]?.items ?? []).slice(0, SHOWN);
          return requests.length === 0 ? (
            <EmptyState title={t("noFailures")} />
          ) : (
            <RequestTable label={t("recent")} requests={requests} />
          );
        }}
      </QueryView>
    </Panel>
  );
}
