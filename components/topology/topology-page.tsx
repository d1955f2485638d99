"use client";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { ChoiceMenu } from "#components/shell/choice-menu.tsx";
import { Page } from "#components/shell/page.tsx";
import { poolsQuery, routesQuery } from "#lib/client/queries.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { Topology } from "./topology.tsx";

const EVERY = "";

/** Where requests come in, which pool takes them and which node gets them, live. One pool alone has an address of its own. */
export function TopologyPage() {
  const t = useTranslations("topology");
  const [poolId, setPoolId] = useQueryState("pool", parseAsString);
  const pools = useQuery(poolsQuery);
  const routes = useQuery(routesQuery);
  const tools = pools.data && <PoolChoice pools={pools.data} poolId={poolId} onChoose={setPoolId} />;
  return (
    <Page title={t("title")} tools={tools}>
      <Panel title={t("heading")} hint={t("hint")}>
        <QueryView query={pools}>
          {(known) => (
            <QueryView query={routes}>
              {(ways) => {
                if (known.length === 0) return <NoPool />;
                const isKnown = poolId === null || known.some(({ id }) => id === poolId);
                if (!isKnown) return <EmptyState title={t("missing")} text={t("missingText")} />;
                return <Topology routes={ways} pools={known} poolId={poolId} />;
              }}
            </QueryView>
          )}
        </QueryView>
      </Panel>
    </Page>
  );
}

function NoPool() {
  const t = useTranslations("topology");
  return (
    <EmptyState
      title={t("empty")}
      text={t("emptyText")}
      action={<Link href={"/pools?new=true" as Route}>{t("emptyAction")}</Link>}
    />
  );
}

type ChoiceProps = { pools: readonly PoolView[]; poolId: string | null; onChoose: (id: string | null) => unknown };

function PoolChoice({ pools, poolId, onChoose }: ChoiceProps) {
  const t = useTranslations("topology");
  const choices = [{ value: EVERY, label: t("every") }, ...pools.map(({ id, name }) => ({ value: id, label: name }))];
  return (
    <ChoiceMenu
      label={t("pool")}
      value={poolId ?? EVERY}
      choices={choices}
      onChoose={(id) => void onChoose(id === EVERY ? null : id)}
    >
      {pools.find(({ id }) => id === poolId)?.name ?? t("every")}
    </ChoiceMenu>
  );
}
