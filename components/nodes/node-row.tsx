"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { memo } from "react";
import { tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { ShareBar } from "#components/data/share-bar.tsx";
import { ResourceCell } from "#components/resources/resource-cell.tsx";
import { StagedMark, StagedValue } from "#components/staging/staged-mark.tsx";
import { MISSING } from "#lib/client/format.ts";
import { useFigures, useIsStale } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { adjustmentFactor } from "#lib/core/weights/adjustment.ts";
import type { CheckBoxes } from "./acting/check-boxes.tsx";
import { Heartbeat } from "./heartbeat.tsx";
import { NodePart } from "./node-part.tsx";
import classes from "./node-row.module.css";
import { NodeSpark } from "./node-spark.tsx";
import { StateBadge } from "./state-badge.tsx";
import { StateReason } from "./state-reason.tsx";
import { useAdjustmentText } from "./use-adjustment-text.ts";

/** Below this share of successes a node's figure is marked. */
export const LOW_SUCCESS_RATIO = 0.999;

type Props = {
  node: NodeView;
  showPool: boolean;
  poolName?: string;
  /** The row's place in the table, for `aria-rowindex`. */
  rowIndex: number;
  renderActions?: (node: NodeView) => React.ReactNode;
  isSelected: boolean;
  /** Whether nodes of this table differ in their level of priority. */
  showLevel: boolean;
  /** Whether it is chosen for what is done to many; undefined: none is chosen in this table. */
  isChecked?: boolean | undefined;
  onCheck?: ((nodeId: string) => void) | undefined;
  CheckRow?: CheckBoxes["CheckRow"] | undefined;
  /** Whether the table has the column of CPU, memory and queue. */
  showResources: boolean;
};

/** Address of a node: its pool with the node's drawer open. */
export const nodeHref = (node: Pick<NodeView, "id" | "poolId">): Route =>
  `/pools/${node.poolId}?node=${node.id}` as Route;

function Figures({ nodeId }: { nodeId: string }) {
  const formats = useFormats();
  const figures = useFigures("node", nodeId);
  const share = figures?.share ?? null;
  const success = figures?.successRatio ?? null;
  const isLow = success !== null && success < LOW_SUCCESS_RATIO;
  return (
    <>
      <td className={tableClasses.number}>
        <ShareBar ratio={share ?? 0} />
        <span className={classes.share}>{share === 0 ? MISSING : formats.percent(share)}</span>
      </td>
      <td className={tableClasses.number}>{formats.integer(figures?.inFlight)}</td>
      <td className={tableClasses.number}>{formats.rate(figures?.requestsPerSecond)}</td>
      <td className={`${tableClasses.number} ${isLow ? tableClasses.warn : ""}`}>{formats.success(success)}</td>
      <td className={tableClasses.number}>{formats.ms(figures?.p50Ms)}</td>
      <td className={tableClasses.number}>{formats.ms(figures?.p99Ms)}</td>
    </>
  );
}

/** The operator's weight and, where the node's own figures made another of it, that one and why. */
function EffectiveWeight({ node: { weight, facts } }: { node: NodeView }) {
  const t = useTranslations("status.table");
  const formats = useFormats();
  const adjustmentText = useAdjustmentText();
  const factor = adjustmentFactor(facts.adjustment);
  if (factor === 1) return weight;
  const effective = formats.decimal(weight * factor);
  return (
    <span title={t("effectiveWeight", { effective, why: adjustmentText(facts.adjustment) })}>
      {weight} → {effective}
    </span>
  );
}

/** Drawn again when its node or its own figures change, not when others' do. */
export const NodeRow = memo(function NodeRow({ node, rowIndex, showPool, poolName, ...props }: Props) {
  const { renderActions, isSelected, showLevel, showResources, isChecked, onCheck, CheckRow } = props;
  const t = useTranslations("status");
  const isStale = useIsStale();
  return (
    <tr
      className={classes.row}
      aria-rowindex={rowIndex}
      data-node={node.name}
      data-selected={isSelected || undefined}
      data-stale={isStale || undefined}
      data-checked={isChecked || undefined}
    >
      {onCheck && CheckRow && (
        <td>
          <CheckRow node={node} isChecked={isChecked === true} onCheck={onCheck} />
        </td>
      )}
      <td>
        <Link href={nodeHref(node)} className={tableClasses.name} title={node.url}>
          {node.name}
        </Link>
        {node.backup && <span className={classes.tag}>{t("table.backup")}</span>}
        {showLevel && <span className={classes.tag}>{t("table.level", { level: node.priority })}</span>}
        {node.zone !== "" && <span className={classes.tag}>{node.zone}</span>}
        <StagedMark entityId={node.id} />
      </td>
      {showPool && (
        <td>
          <Link href={`/pools/${node.poolId}` as Route} className={classes.pool}>
            {poolName}
          </Link>
        </td>
      )}
      <td>
        <StateBadge status={node.status} />
        <span className={classes.reason}>
          <StateReason node={node} />
        </span>
        <NodePart nodeId={node.id} isShort />
      </td>
      <td className={tableClasses.number}>
        <EffectiveWeight node={node} />
        <StagedValue entityId={node.id} path="weight" />
      </td>
      <Figures nodeId={node.id} />
      <td className={`${tableClasses.number} ${tableClasses.roomy}`}>
        <NodeSpark nodeId={node.id} />
      </td>
      {showResources && (
        <td className={tableClasses.number}>
          <ResourceCell nodeId={node.id} poolId={node.poolId} />
        </td>
      )}
      <td className={tableClasses.number}>
        <Heartbeat node={node} />
      </td>
      {renderActions && <td className={tableClasses.number}>{renderActions(node)}</td>}
    </tr>
  );
});
