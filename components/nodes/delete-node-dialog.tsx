"use client";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { useConsequences } from "./use-consequences.ts";
import { useDeleteNode } from "./use-node-action.ts";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

/** Deleting always wants the name typed: it cannot be undone from here, only by a roll-back. */
export function DeleteNodeDialog({ pool, node, onClose }: Props) {
  const t = useTranslations("nodes.delete");
  const drain = useTranslations("nodes.drain");
  const deletion = useDeleteNode(node);
  const { items, isLast } = useConsequences(pool, node);
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t("lead")}
      consequences={items}
      warning={isLast ? drain("last", { pool: pool.name }) : undefined}
      typedName={node.name}
      confirmLabel={t("confirm", { node: node.name })}
      isDangerous
      isPending={deletion.isPending}
      error={deletion.error}
      onConfirm={() => deletion.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
