"use client";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useFigures } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { useNodeAction } from "./use-node-action.ts";

/** Ends a drain at once, whatever is still in flight: the same order again, with no time left. */
export function CutDialog({ node, onClose }: { node: NodeView; onClose: () => void }) {
  const t = useTranslations("nodes.cut");
  const drain = useTranslations("nodes.drain");
  const formats = useFormats();
  const action = useNodeAction(node, { isInDialog: true });
  const inFlight = useFigures("node", node.id)?.inFlight;
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t("lead")}
      consequences={[{ label: drain("inFlight"), value: formats.integer(inFlight), tone: inFlight ? "bad" : "good" }]}
      confirmLabel={t("confirm")}
      isDangerous
      isPending={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate({ action: "drain", timeoutMs: 0 }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
