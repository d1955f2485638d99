"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { usePreflight } from "./acting/use-preflight.tsx";
import { useNodeAction } from "./use-node-action.ts";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

export function MaintenanceDialog({ pool, node, onClose }: Props) {
  const t = useTranslations("nodes.maintenance");
  const action = useNodeAction(node, { isInDialog: true });
  const [chosen] = useState([node]);
  const { isUnsafe, error, ...preflight } = usePreflight(pool, chosen, "maintenance");
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t("lead")}
      {...preflight}
      confirmLabel={t("confirm")}
      isDangerous={isUnsafe}
      isPending={action.isPending}
      error={action.error ?? error}
      onConfirm={() => action.mutate({ action: "maintenance", override: isUnsafe }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
