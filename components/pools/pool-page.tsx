"use client";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { QueryView } from "#components/data/query-view.tsx";
import { Page } from "#components/shell/page.tsx";
import { RangeSelect } from "#components/shell/range.tsx";
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
  const name = query.data?.name;
  useDocumentTitle(`${name ?? t("title")} · ${common("product")}`);
  return (
    <Page title={name ?? "…"} parent={{ title: t("title"), href: "/pools" }} tools={<RangeSelect />}>
      <QueryView query={query}>{(pool) => <PoolContent key={pool.id} pool={pool} />}</QueryView>
    </Page>
  );
}
