"use client";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { useConsequences } from "./use-consequences.ts";
import { useNodeAction } from "./use-node-action.ts";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

export function MaintenanceDialog({ pool, node, onClose }: Props) {
  const t = useTranslations("nodes.maintenance");
  const drain = useTranslations("nodes.drain");
  const action = useNodeAction(node, { isInDialog: true });
  const { items, isLast } = useConsequences(pool, node);
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t("lead")}
      consequences={items}
      warning={isLast ? drain("last", { pool: pool.name }) : undefined}
      typedName={isLast ? node.name : undefined}
      confirmLabel={t("confirm")}
      isDangerous={isLast}
      isPending={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate({ action: "maintenance" }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
