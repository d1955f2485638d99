"use client";
import { IconPlus } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { BulkBar } from "#components/nodes/acting/bulk-bar.tsx";
import { CHECK_BOXES } from "#components/nodes/acting/check-boxes.tsx";
import { useSelection } from "#components/nodes/acting/use-selection.ts";
import { NodeActions } from "#components/nodes/node-actions.tsx";
import { useNodeDialogs } from "#components/nodes/node-dialogs.tsx";
import { NodeTable } from "#components/nodes/node-table.tsx";
import { StagedNodes } from "#components/staging/staged-nodes.tsx";
import { useCan } from "#lib/client/use-can.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { PoolCharts } from "./pool-charts.tsx";

const actionsOf = (node: NodeView) => <NodeActions node={node} />;

export function NodesTab({ pool, selectedId }: { pool: PoolView; selectedId: string | null }) {
  const t = useTranslations("pool.noNodes");
  const nodes = useTranslations("nodes.form");
  const dialogs = useNodeDialogs();
  const mayOperate = useCan("operator");
  const selection = useSelection(pool.nodes);
  return (
    <>
      <Panel flush>
        {pool.nodes.length > 0 ? (
          <NodeTable
            nodes={pool.nodes}
            renderActions={actionsOf}
            selectedId={selectedId ?? undefined}
            selection={mayOperate ? { ...selection, ...CHECK_BOXES } : undefined}
            showResources={pool.resources.source !== "off"}
          />
        ) : (
          <EmptyState
            title={t("title")}
            text={t("text")}
            action={
              <GuardedButton
                needs="publisher"
                leftSection={<IconPlus size={14} aria-hidden="true" />}
                onClick={dialogs.add}
              >
                {nodes("add")}
              </GuardedButton>
            }
          />
        )}
      </Panel>
      <BulkBar pool={pool} selection={selection} />
      <StagedNodes pool={pool} />
      <PoolCharts poolId={pool.id} />
    </>
  );
}
