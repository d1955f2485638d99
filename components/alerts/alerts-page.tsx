"use client";
import { Select, Tabs } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView, SkeletonRows } from "#components/data/query-view.tsx";
import toolbar from "#components/data/toolbar.module.css";
import { Page } from "#components/shell/page.tsx";
import { patiently } from "#lib/client/patiently.ts";
import { type AlertFilter, alertHistoryQuery, firingAlertsQuery, poolsQuery } from "#lib/client/queries.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import { AlertTable } from "./alert-table.tsx";
import { SignalSwitch } from "./signal-switch.tsx";

/** What is wrong now is what the page is opened for; the other tabs, with all their forms, come when they are. */
const HistoryFilter = dynamic(patiently(() => import("./history-filter.tsx").then((module) => module.HistoryFilter)));
const RulesTab = dynamic(
  patiently(() => import("./rules-tab.tsx").then((module) => module.RulesTab)),
  { loading: () => <SkeletonRows /> },
);
const SilencesTab = dynamic(
  patiently(() => import("./silences-tab.tsx").then((module) => module.SilencesTab)),
  { loading: () => <SkeletonRows /> },
);
const NotificationsTab = dynamic(
  patiently(() => import("#components/notifications/notifications-tab.tsx").then((module) => module.NotificationsTab)),
  { loading: () => <SkeletonRows /> },
);
const AcknowledgeDialog = dynamic(
  patiently(() => import("./acknowledge-dialog.tsx").then((module) => module.AcknowledgeDialog)),
);

const TABS = ["active", "history", "rules", "silences", "notifications"] as const;

type ListProps = { poolId: string | null };

function Active({ poolId, onAcknowledge }: ListProps & { onAcknowledge: (alert: Alert) => void }) {
  const t = useTranslations("alerts");
  const query = useQuery(firingAlertsQuery);
  return (
    <QueryView query={query}>
      {(alerts) => {
        const shown = alerts.filter((alert) => poolId === null || alert.poolId === poolId);
        return shown.length === 0 ? (
          <EmptyState title={t("none")} text={t("noneText")} />
        ) : (
          <AlertTable label={t("active")} alerts={shown} onAcknowledge={onAcknowledge} />
        );
      }}
    </QueryView>
  );
}

function History({ poolId, filter }: ListProps & { filter: AlertFilter }) {
  const t = useTranslations("alerts");
  const asked = poolId === null ? filter : { ...filter, poolId };
  const query = useInfiniteQuery(alertHistoryQuery(asked));
  return (
    <HistoryView query={query}>
      {(alerts) =>
        alerts.length === 0 ? (
          <EmptyState title={t(Object.keys(asked).length > 0 ? "noneFits" : "noHistory")} text={t("noneText")} />
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

const FILTERS = ["state", "level", "rule", "label", "text"] as const;

/** The tab and the filters, in the address. */
function useAlertsState() {
  const [state, setState] = useQueryStates({
    tab: parseAsStringLiteral(TABS).withDefault("active"),
    pool: parseAsString,
    state: parseAsString,
    level: parseAsString,
    rule: parseAsString,
    label: parseAsString,
    text: parseAsString,
  });
  const given = FILTERS.flatMap((name) => (state[name] === null ? [] : [[name, state[name]] as const]));
  const filter: AlertFilter = Object.fromEntries(given);
  const setFilter = (next: AlertFilter) =>
    void setState(Object.fromEntries(FILTERS.map((name) => [name, next[name] ?? null])));
  return { state, setState, filter, setFilter };
}

/** What is wrong now, what was, and by which rules people are told. The tab and the filters are in the address. */
export function AlertsPage() {
  const shell = useTranslations("shell");
  const { state, setState, filter, setFilter } = useAlertsState();
  const { tab, pool } = state;
  const [taken, setTaken] = useState<Alert | null>(null);
  const isList = tab === "active" || tab === "history";
  return (
    <Page title={shell("nav.alerts")}>
      <Tabs
        keepMounted={false}
        value={tab}
        onChange={(value) => void setState({ tab: TABS.find((name) => name === value) ?? null })}
      >
        <TabList />
        {isList && (
          <div className={toolbar.toolbar} data-below-tabs>
            <PoolFilter poolId={pool} onChoose={(id) => void setState({ pool: id })} />
            {tab === "history" ? <HistoryFilter filter={filter} onChange={setFilter} /> : <SignalSwitch />}
          </div>
        )}
        <Tabs.Panel value="active" pt="sm">
          <Panel flush>
            <Active poolId={pool} onAcknowledge={setTaken} />
          </Panel>
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="sm">
          <Panel flush>
            <History poolId={pool} filter={filter} />
          </Panel>
        </Tabs.Panel>
        <Tabs.Panel value="rules" pt="sm" className={toolbar.stack}>
          <RulesTab />
        </Tabs.Panel>
        <Tabs.Panel value="silences" pt="sm" className={toolbar.stack}>
          <SilencesTab />
        </Tabs.Panel>
        <Tabs.Panel value="notifications" pt="sm" className={toolbar.stack}>
          <NotificationsTab />
        </Tabs.Panel>
      </Tabs>
      {taken && <AcknowledgeDialog alert={taken} onClose={() => setTaken(null)} />}
    </Page>
  );
}

function TabList() {
  const t = useTranslations("alerts");
  const rules = useTranslations("rules");
  const silences = useTranslations("silences");
  const notifications = useTranslations("notifications");
  const firing = useQuery(firingAlertsQuery).data;
  return (
    <Tabs.List>
      <Tabs.Tab value="active">
        {t("active")}
        {firing && firing.length > 0 ? ` (${firing.length})` : ""}
      </Tabs.Tab>
      <Tabs.Tab value="history">{t("history")}</Tabs.Tab>
      <Tabs.Tab value="rules">{rules("tab")}</Tabs.Tab>
      <Tabs.Tab value="silences">{silences("tab")}</Tabs.Tab>
      <Tabs.Tab value="notifications">{notifications("tab")}</Tabs.Tab>
    </Tabs.List>
  );
}
