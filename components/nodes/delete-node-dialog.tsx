"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { usePreflight } from "./acting/use-preflight.tsx";
import { useDeleteNode } from "./use-node-action.ts";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

/** One that only the change set has serves nothing: there is nothing to look at first. */
export function DeleteNodeDialog(props: Props) {
  const isInForce = props.pool.nodes.some(({ id }) => id === props.node.id);
  return isInForce ? <DeleteServing {...props} /> : <Ask {...props} />;
}

/** What the pool is left with is what it is left with when the node is out of service. */
function DeleteServing(props: Props) {
  const [chosen] = useState([props.node]);
  const { isUnsafe: _, typedName: __, ...preflight } = usePreflight(props.pool, chosen, "maintenance");
  return <Ask {...props} {...preflight} />;
}

type AskProps = Props &
  Partial<Pick<ReturnType<typeof usePreflight>, "consequences" | "warning" | "isBlocked" | "error">>;

/** Deleting always wants the name typed: what it was doing is gone, whatever is brought back. */
function Ask({ pool: _, node, onClose, error, ...seen }: AskProps) {
  const t = useTranslations("nodes.delete");
  const deletion = useDeleteNode(node);
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t("lead")}
      {...seen}
      typedName={node.name}
      confirmLabel={t("confirm", { node: node.name })}
      isDangerous
      isPending={deletion.isPending}
      error={deletion.error ?? error}
      onConfirm={() => deletion.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
