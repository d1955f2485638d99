"use client";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import toolbar from "#components/data/toolbar.module.css";
import { LedgerPanel } from "#components/ledger/ledger-panel.tsx";
import { NodeEvents } from "#components/nodes/node-events.tsx";
import { Page } from "#components/shell/page.tsx";
import { ApiError } from "#lib/client/api.ts";
import { alertQuery } from "#lib/client/queries.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import { useAlertText } from "../use-alert-text.ts";
import { AlertCharts } from "./alert-charts.tsx";
import { AlertDone } from "./alert-done.tsx";
import { AlertSummary } from "./alert-summary.tsx";
import { AlertTimeline } from "./alert-timeline.tsx";
import { useAround } from "./use-around.ts";

/** One alert with all that is known around it: figures, shifts of traffic, probes, who was told, what was done. */
export function AlertPage({ id }: { id: string }) {
  const t = useTranslations("alerts.details");
  const shell = useTranslations("shell");
  const common = useTranslations("common");
  const text = useAlertText();
  const query = useQuery(alertQuery(id));
  const isMissing = query.error instanceof ApiError && query.error.code === "not-found";
  const title = query.data ? text(query.data) : t("title");
  useDocumentTitle(`${title} · ${common("product")}`);
  return (
    <Page title={title} parent={{ title: shell("nav.alerts"), href: "/alerts" }}>
      {isMissing ? (
        <Panel>
          <EmptyState title={t("missing")} text={t("missingText")} />
        </Panel>
      ) : (
        <QueryView query={query}>{(alert) => <Content key={alert.id} alert={alert} />}</QueryView>
      )}
    </Page>
  );
}

function Content({ alert }: { alert: Alert }) {
  const t = useTranslations("alerts.details");
  const around = useAround(alert);
  const { poolId, nodeId } = alert;
  const between = { from: around.from, ...(around.to !== undefined && { to: around.to }) };
  return (
    <div className={toolbar.stack}>
      <AlertSummary alert={alert} />
      {poolId !== null && <AlertCharts alert={alert} poolId={poolId} around={around} />}
      <AlertTimeline alert={alert} />
      {poolId !== null && <LedgerPanel poolId={poolId} {...(nodeId !== null && { nodeId })} {...between} />}
      {nodeId !== null && (
        <Panel title={t("probes")} hint={t("probesHint")}>
          <NodeEvents nodeId={nodeId} between={between} />
        </Panel>
      )}
      <AlertDone alert={alert} between={between} />
    </div>
  );
}
