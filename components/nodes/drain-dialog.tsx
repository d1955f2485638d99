"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { DrainFields, drainInput, useDrainChoice } from "./acting/drain-fields.tsx";
import { usePreflight } from "./acting/use-preflight.tsx";
import { useNodeAction } from "./use-node-action.ts";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

/** Asks before a drain, says what becomes of the pool, and wants the name typed when too little would be left to serve. */
export function DrainDialog({ pool, node, onClose }: Props) {
  const t = useTranslations("nodes.drain");
  const action = useNodeAction(node, { isInDialog: true });
  const [chosen] = useState([node]);
  const { isUnsafe, error, ...preflight } = usePreflight(pool, chosen, "drain");
  const choice = useDrainChoice(pool);
  const confirm = () =>
    action.mutate({ action: "drain", ...drainInput(choice), override: isUnsafe }, { onSuccess: onClose });
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t(choice.keepSessions ? "leadKeeping" : "lead")}
      {...preflight}
      confirmLabel={t("confirm", { node: node.name })}
      isDangerous={isUnsafe}
      isPending={action.isPending}
      error={action.error ?? error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <DrainFields choice={choice} isSticky={pool.stickiness.mode !== "off"} />
    </ConfirmDialog>
  );
}
