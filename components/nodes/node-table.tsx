"use client";
import { useTranslations } from "next-intl";
import { type Column, DataTable } from "#components/data/data-table.tsx";
import type { NodeView } from "#lib/contracts/views.ts";
import { NodeRow } from "./node-row.tsx";

type Props = {
  /** In the order they are shown; the table never sorts by figures, so that no row moves under the cursor. */
  nodes: readonly NodeView[];
  /** Names of pools by id: adds the column Pool. */
  poolNames?: ReadonlyMap<string, string>;
  /** Last cell of each row. */
  renderActions?: (node: NodeView) => React.ReactNode;
  /** First cell of each row, e.g. a checkbox. */
  renderSelect?: (node: NodeView) => React.ReactNode;
  selectedId?: string;
};

/** Nodes with their state and live figures. Each row subscribes to its own figures only. */
export function NodeTable({ nodes, poolNames, renderActions, renderSelect, selectedId }: Props) {
  const t = useTranslations("status");
  const columns: Column[] = [
    ...(renderSelect ? [{ key: "select", label: null }] : []),
    { key: "node", label: t("table.node") },
    ...(poolNames ? [{ key: "pool", label: t("table.pool") }] : []),
    { key: "state", label: t("table.state") },
    { key: "weight", label: t("table.weight"), isNumber: true },
    { key: "share", label: t("table.share"), isNumber: true },
    { key: "inFlight", label: t("table.inFlight"), isNumber: true },
    { key: "rate", label: t("table.rate"), isNumber: true },
    { key: "success", label: t("table.success"), isNumber: true },
    { key: "p50", label: t("table.p50"), isNumber: true },
    { key: "p99", label: t("table.p99"), isNumber: true },
    { key: "heartbeat", label: t("table.heartbeat"), isNumber: true },
    ...(renderActions ? [{ key: "actions", label: t("table.actions"), isNumber: true }] : []),
  ];
  const showLevel = nodes.some((node) => node.priority > 0);
  return (
    <DataTable label={t("table.label")} columns={columns}>
      {nodes.map((node) => (
        <NodeRow
          key={node.id}
          node={node}
          poolName={poolNames?.get(node.poolId)}
          showPool={poolNames !== undefined}
          select={renderSelect?.(node)}
          actions={renderActions?.(node)}
          isSelected={node.id === selectedId}
          showLevel={showLevel}
        />
      ))}
    </DataTable>
  );
}
