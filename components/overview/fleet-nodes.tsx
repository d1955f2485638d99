"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { NodeTable } from "#components/nodes/node-table.tsx";
import { isUsable } from "#lib/client/usable.ts";
import type { PoolView } from "#lib/contracts/views.ts";

/** The nodes of all pools, in the order of their pools. */
export function FleetNodes({ query }: { query: UseQueryResult<PoolView[]> }) {
  const t = useTranslations("overview");
  const nodes = query.data?.flatMap((pool) => pool.nodes) ?? [];
  if (query.data && nodes.length === 0) return null;
  const up = nodes.filter(isUsable).length;
  return (
    <Panel
      flush
      title={t("nodes")}
      hint={query.data && t("nodesUp", { up, count: nodes.length, pools: query.data.length })}
    >
      <QueryView query={query}>
        {(pools) => <NodeTable nodes={nodes} poolNames={new Map(pools.map((pool) => [pool.id, pool.name]))} />}
      </QueryView>
    </Panel>
  );
}
