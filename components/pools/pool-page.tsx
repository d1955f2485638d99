"use client";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { QueryView } from "#components/data/query-view.tsx";
import { Page } from "#components/shell/page.tsx";
import { RangeSelect } from "#components/shell/range.tsx";
import { useStagedPools } from "#components/staging/use-change-set.ts";
import { ApiError } from "#lib/client/api.ts";
import { poolQuery, poolsQuery } from "#lib/client/queries.ts";
import { PoolContent } from "./pool-content.tsx";

/** One pool. Coming from the list it is on screen at once, with what the list knew. */
export function PoolPage({ poolId }: { poolId: string }) {
  const t = useTranslations("pools");
  const common = useTranslations("common");
  const client = useQueryClient();
  const query = useQuery({
    ...poolQuery(poolId),
    placeholderData: () => client.getQueryData(poolsQuery.queryKey)?.find((pool) => pool.id === poolId),
  });
  const staged = useStagedPools()?.find(({ id }) => id === poolId);
  // Made in the active change set, and nowhere else yet: its page shows what is staged, and nothing of traffic.
  const isNew = query.error instanceof ApiError && query.error.code === "not-found" && staged !== undefined;
  const name = query.data?.name ?? (isNew ? staged.name : undefined);
  useDocumentTitle(`${name ?? t("title")} · ${common("product")}`);
  return (
    <Page title={name ?? "…"} parent={{ title: t("title"), href: "/pools" }} tools={<RangeSelect />}>
      {isNew ? (
        <PoolContent key={poolId} pool={{ ...staged, nodes: [] }} isOnlyStaged />
      ) : (
        <QueryView query={query}>{(pool) => <PoolContent key={pool.id} pool={pool} />}</QueryView>
      )}
    </Page>
  );
}
