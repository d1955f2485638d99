"use client";
import { useTranslations } from "next-intl";
import { useDeferredValue } from "react";
import { type Column, DataTable } from "#components/data/data-table.tsx";
import { WindowedRows } from "#components/data/windowed-rows.tsx";
import type { NodeView } from "#lib/contracts/views.ts";
import type { CheckBoxes } from "./acting/check-boxes.tsx";
import type { Selection } from "./acting/use-selection.ts";
import { NodeRow } from "./node-row.tsx";

type Props = {
  /** In the order they are shown; the table never sorts by figures, so that no row moves under the cursor. */
  nodes: readonly NodeView[];
  /** Names of pools by id: adds the column Pool. */
  poolNames?: ReadonlyMap<string, string>;
  /** Last cell of each row; always the same function, or every row is drawn again with the table. */
  renderActions?: (node: NodeView) => React.ReactNode;
  selectedId?: string;
  /** Adds a column of checkboxes. */
  selection?: (Selection & CheckBoxes) | undefined;
  /** Adds the column of CPU, memory and queue: for pools that ask for them. */
  showResources?: boolean;
};

const idOf = (node: NodeView) => node.id;

/**
 * Nodes with their state and live figures. Each row subscribes to its own figures only. When all nodes were read anew, their
 * rows are drawn in pieces.
 */
export function NodeTable({ poolNames, renderActions, selectedId, selection, showResources = false, ...props }: Props) {
  const nodes = useDeferredValue(props.nodes);
  const t = useTranslations("status");
  const resources = useTranslations("resources");
  const columns: Column[] = [
    ...(selection ? [{ key: "check", label: <selection.CheckAll count={nodes.length} selection={selection} /> }] : []),
    { key: "node", label: t("table.node") },
    ...(poolNames ? [{ key: "pool", label: t("table.pool") }] : []),
    { key: "state", label: t("table.state") },
    { key: "weight", label: t("table.weight"), isNumber: true },
    { key: "share", label: t("table.share"), isNumber: true, term: "share" },
    { key: "inFlight", label: t("table.inFlight"), isNumber: true },
    { key: "rate", label: t("table.rate"), isNumber: true },
    { key: "success", label: t("table.success"), isNumber: true },
    { key: "p50", label: t("table.p50"), isNumber: true },
    { key: "p99", label: t("table.p99"), isNumber: true },
    { key: "spark", label: t("table.spark"), isNumber: true, isRoomy: true },
    ...(showResources ? [{ key: "resources", label: resources("column"), isNumber: true }] : []),
    { key: "heartbeat", label: t("table.heartbeat"), isNumber: true, term: "heartbeat" },
    ...(renderActions ? [{ key: "actions", label: t("table.actions"), isNumber: true }] : []),
  ];
  const showLevel = nodes.some((node) => node.priority > 0);
  return (
    <DataTable label={t("table.label")} columns={columns} rowCount={nodes.length + 1}>
      <WindowedRows items={nodes} columnCount={columns.length} keyOf={idOf}>
        {(node, rowIndex) => (
          <NodeRow
            node={node}
            rowIndex={rowIndex}
            poolName={poolNames?.get(node.poolId)}
            showPool={poolNames !== undefined}
            renderActions={renderActions}
            isSelected={node.id === selectedId}
            showLevel={showLevel}
            isChecked={selection?.ids.has(node.id)}
            onCheck={selection?.toggle}
            CheckRow={selection?.CheckRow}
            showResources={showResources}
          />
        )}
      </WindowedRows>
    </DataTable>
  );
}
