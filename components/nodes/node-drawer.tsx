"use client";
import { Drawer } from "@mantine/core";
import { useTranslations } from "next-intl";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { MeasureChart } from "#components/charts/measure-chart.tsx";
import { SuccessChart } from "#components/charts/success-chart.tsx";
import { TrafficChart } from "#components/charts/traffic-chart.tsx";
import { TrafficDetail } from "#components/charts/traffic-detail.tsx";
import { useAnnotations } from "#components/charts/use-annotations.ts";
import { useChartData } from "#components/charts/use-chart-data.ts";
import drawer from "#components/data/drawer.module.css";
import { EmptyState } from "#components/data/empty-state.tsx";
import { FigureList } from "#components/data/figure-list.tsx";
import { Panel } from "#components/data/panel.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { LedgerPanel } from "#components/ledger/ledger-panel.tsx";
import { NodeProbeTruthPanel } from "#components/probe-truth/node-probe-truth.tsx";
import { RecentFailures } from "#components/requests/recent-failures.tsx";
import { ResourcePanel } from "#components/resources/resource-panel.tsx";
import { useRange } from "#components/shell/range.tsx";
import { useFigures } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import { labelTexts } from "#lib/contracts/config/labels.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { BreakerPanel } from "./acting/breaker-panel.tsx";
import { WarmUpPanel } from "./acting/warm-up-panel.tsx";
import { FactList } from "./fact-list.tsx";
import { NodeMenu } from "./node-actions.tsx";
import { NodeChecksPanel } from "./node-checks.tsx";
import { useNodeDialogs } from "./node-dialogs.tsx";
import classes from "./node-drawer.module.css";
import { NodeEvents } from "./node-events.tsx";
import { NodePart } from "./node-part.tsx";
import { StateBadge } from "./state-badge.tsx";
import { StateReason } from "./state-reason.tsx";
import { useIsNodeBusy, useNodeAction } from "./use-node-action.ts";

type Props = { pool: PoolView; nodeId: string | null; onClose: () => void };

/** Everything about one node, over its pool; it has an address of its own (`?node=`). */
export function NodeDrawer({ pool, nodeId, onClose }: Props) {
  const t = useTranslations("nodes.drawer");
  const common = useTranslations("common");
  const node = pool.nodes.find(({ id }) => id === nodeId);
  return (
    <Drawer
      opened={nodeId !== null}
      onClose={onClose}
      position="right"
      size={600}
      title={node?.name ?? t("missing")}
      closeButtonProps={{ "aria-label": common("close") }}
      classNames={drawer}
    >
      {node ? <NodeDetails key={node.id} node={node} pool={pool} /> : <EmptyState title={t("missing")} />}
    </Drawer>
  );
}

function NodeDetails({ node, pool }: { node: NodeView; pool: PoolView }) {
  const t = useTranslations("nodes.drawer");
  const range = useRange();
  const data = useChartData({ scope: "node", id: node.id }, range);
  const annotations = useAnnotations(pool.id);
  return (
    <>
      <div className={classes.head}>
        <StateBadge status={node.status} />
        <span className={classes.reason}>
          <StateReason node={node} />
        </span>
        <NodePart nodeId={node.id} />
        <DrawerActions node={node} />
      </div>
      <Settings node={node} />
      <NodeFigures nodeId={node.id} />
      <Panel title={t("facts")} hint={t("factsHint")}>
        <FactList node={node} pool={pool} />
      </Panel>
      <WarmUpPanel node={node} pool={pool} />
      <BreakerPanel node={node} pool={pool} />
      <NodeChecksPanel node={node} />
      <NodeProbeTruthPanel poolId={pool.id} nodeId={node.id} />
      {pool.resources.source !== "off" && <ResourcePanel node={node} range={range} annotations={annotations} />}
      <LatencyChart data={data} annotations={annotations} title={t("latency", { node: node.name })} />
      <TrafficChart data={data} annotations={annotations} title={t("traffic", { node: node.name })} />
      <SuccessChart data={data} annotations={annotations} title={t("success", { node: node.name })} />
      <MeasureChart target={{ scope: "node", id: node.id }} range={range} annotations={annotations} />
      <TrafficDetail target={{ scope: "node", id: node.id }} range={range} />
      <LedgerPanel poolId={pool.id} nodeId={node.id} />
      <RecentFailures poolId={pool.id} nodeId={node.id} />
      <Panel title={t("events")}>
        <NodeEvents nodeId={node.id} />
      </Panel>
    </>
  );
}

function DrawerActions({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.actions");
  const dialogs = useNodeDialogs();
  const action = useNodeAction(node);
  const isBusy = useIsNodeBusy(node.id);
  const isReady = node.facts.admin.state === "ready";
  return (
    <span className={classes.actions}>
      {node.status === "warming-up" && (
        <GuardedButton
          needs="operator"
          variant="default"
          loading={isBusy}
          onClick={() => action.mutate({ action: "skip-warm-up" })}
        >
          {t("skipWarmUp")}
        </GuardedButton>
      )}
      <GuardedButton
        needs="operator"
        variant="default"
        loading={isBusy}
        onClick={() => (isReady ? dialogs.drain(node.id) : action.mutate({ action: "ready" }))}
      >
        {isReady ? t("drain") : t("ready")}
      </GuardedButton>
      <GuardedButton needs="publisher" variant="default" onClick={() => dialogs.edit(node.id)}>
        {t("edit")}
      </GuardedButton>
      <NodeMenu node={node} />
    </span>
  );
}

function Settings({ node }: { node: NodeView }) {
  const t = useTranslations("nodes");
  const formats = useFormats();
  const limit = node.maxInFlight === 0 ? t("setting.noLimit") : formats.integer(node.maxInFlight);
  const settings = [
    `${t("form.weight")} ${node.weight}`,
    node.backup ? t("setting.backup") : null,
    node.priority > 0 ? `${t("form.priority")} ${node.priority}` : null,
    node.maxInFlight > 0 ? `${t("form.maxInFlight")} ${limit}` : null,
    node.zone ? `${t("form.zone")} ${node.zone}` : null,
    ...labelTexts(node.labels),
    ...node.credentials.map((one) => t(`credentials.shown.${one.in}`, { name: one.name })),
  ];
  return (
    <p className={classes.settings}>
      <code>{node.url}</code>
      {settings
        .filter((text) => text !== null)
        .map((text) => (
          <span key={text}>{text}</span>
        ))}
    </p>
  );
}

function NodeFigures({ nodeId }: { nodeId: string }) {
  const t = useTranslations("status.table");
  const drawer = useTranslations("nodes.drawer");
  const formats = useFormats();
  const figures = useFigures("node", nodeId);
  const items: [string, string][] = [
    [t("share"), formats.percent(figures?.share)],
    [t("rate"), formats.rate(figures?.requestsPerSecond)],
    [t("success"), formats.success(figures?.successRatio)],
    [t("p50"), formats.ms(figures?.p50Ms)],
    [t("p99"), formats.ms(figures?.p99Ms)],
    [t("inFlight"), formats.integer(figures?.inFlight)],
    ...(figures?.concurrencyLimit === undefined
      ? []
      : [[drawer("concurrencyLimit"), formats.integer(figures.concurrencyLimit)] as [string, string]]),
  ];
  return <FigureList items={items} isFramed />;
}
