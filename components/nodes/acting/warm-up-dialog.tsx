"use client";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { useNodeAction } from "../use-node-action.ts";
import { WarmUpCurve } from "./warm-up-curve.tsx";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

/** Shows the ramp before it begins. */
export function WarmUpDialog({ pool, node, onClose }: Props) {
  const t = useTranslations("nodes.warmUp");
  const formats = useFormats();
  const action = useNodeAction(node, { isInDialog: true });
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t(node.facts.warmUp ? "leadAgain" : "lead")}
      consequences={[
        { label: t("first"), value: formats.percent(pool.warmUp.startRatio) },
        { label: t("whole"), value: formats.duration(pool.warmUp.windowMs) },
      ]}
      confirmLabel={t("confirm")}
      isPending={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate({ action: "warm-up" }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <WarmUpCurve settings={pool.warmUp} />
    </ConfirmDialog>
  );
}
