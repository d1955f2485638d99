"use client";
import { Select, Tabs } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import toolbar from "#components/data/toolbar.module.css";
import { NotificationsTab } from "#components/notifications/notifications-tab.tsx";
import { Page } from "#components/shell/page.tsx";
import { alertHistoryQuery, firingAlertsQuery, poolsQuery } from "#lib/client/queries.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import { AcknowledgeDialog } from "./acknowledge-dialog.tsx";
import { AlertTable } from "./alert-table.tsx";

const TABS = ["active", "history", "notifications"] as const;

function Active({ poolId }: { poolId: string | null }) {
  const t = useTranslations("alerts");
  const query = useQuery(firingAlertsQuery);
  const [taken, setTaken] = useState<Alert | null>(null);
  return (
    <>
      <QueryView query={query}>
        {(alerts) => {
          const shown = alerts.filter((alert) => poolId === null || alert.poolId === poolId);
          return shown.length === 0 ? (
            <EmptyState title={t("none")} text={t("noneText")} />
          ) : (
            <AlertTable label={t("active")} alerts={shown} onAcknowledge={setTaken} />
          );
        }}
      </QueryView>
      {taken && <AcknowledgeDialog alert={taken} onClose={() => setTaken(null)} />}
    </>
  );
}

function History({ poolId }: { poolId: string | null }) {
  const t = useTranslations("alerts");
  const query = useInfiniteQuery(alertHistoryQuery(poolId === null ? {} : { poolId }));
  return (
    <HistoryView query={query}>
      {(alerts) =>
        alerts.length === 0 ? (
          <EmptyState title={t("noHistory")} text={t("noneText")} />
        ) : (
          <AlertTable label={t("history")} alerts={alerts} hasEnds />
        )
      }
    </HistoryView>
  );
}

function PoolFilter({ poolId, onChoose }: { poolId: string | null; onChoose: (id: string | null) => void }) {
  const t = useTranslations("alerts");
  const pools = useQuery(poolsQuery).data ?? [];
  return (
    <Select
      size="xs"
      aria-label={t("pool")}
      value={poolId ?? ""}
      onChange={(value) => onChoose(value || null)}
      data={[{ value: "", label: t("allPools") }, ...pools.map(({ id, name }) => ({ value: id, label: name }))]}
    />
  );
}

/** What is wrong now, and what was. The tab and the filter are in the address. */
export function AlertsPage() {
  const t = useTranslations("alerts");
  const shell = useTranslations("shell");
  const notifications = useTranslations("notifications");
  const firing = useQuery(firingAlertsQuery).data;
  const [{ tab, pool }, setState] = useQueryStates({
    tab: parseAsStringLiteral(TABS).withDefault("active"),
    pool: parseAsString,
  });
  return (
    <Page title={shell("nav.alerts")}>
      <Tabs
        keepMounted={false}
        value={tab}
        onChange={(value) => void setState({ tab: TABS.find((name) => name === value) ?? null })}
      >
        <Tabs.List>
          <Tabs.Tab value="active">
            {t("active")}
            {firing && firing.length > 0 ? ` (${firing.length})` : ""}
          </Tabs.Tab>
          <Tabs.Tab value="history">{t("history")}</Tabs.Tab>
          <Tabs.Tab value="notifications">{notifications("tab")}</Tabs.Tab>
        </Tabs.List>
        {tab !== "notifications" && (
          <div className={toolbar.toolbar} data-below-tabs>
            <PoolFilter poolId={pool} onChoose={(id) => void setState({ pool: id })} />
          </div>
        )}
        <Tabs.Panel value="active" pt="sm">
          <Panel flush>
            <Active poolId={pool} />
          </Panel>
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="sm">
          <Panel flush>
            <History poolId={pool} />
          </Panel>
        </Tabs.Panel>
        <Tabs.Panel value="notifications" pt="sm" className={toolbar.stack}>
          <NotificationsTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
