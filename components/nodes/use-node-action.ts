"use client";
import { useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useNotify } from "#components/forms/use-notify.ts";
import { useUndo } from "#components/nodes/acting/use-undo.ts";
import { useActiveChangeSet, useConfigWriter } from "#components/staging/use-change-set.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import { dropNode, nodeMutationKey, runNodeAction, takeNodeView } from "#lib/client/node-actions.ts";
import { nodeNews } from "#lib/client/node-news.ts";
import type { RuntimeAction } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";

type Request = {
  action: RuntimeAction;
  timeoutMs?: number;
  keepSessions?: boolean;
  forMs?: number;
  override?: boolean;
};
/** After these an order puts the node back. A drain that is cut short is over. */
const UNDONE = ["drain", "maintenance", "ready"] as const satisfies readonly RuntimeAction[];
const canUndo = ({ action, timeoutMs }: Request): boolean => UNDONE.some((one) => one === action) && timeoutMs !== 0;

/** Carries out runtime operations on a node. Says how it went, but not a failure that a dialog tells itself. */
export function useNodeAction(node: NodeView, { isInDialog = false } = {}) {
  const t = useTranslations("nodes");
  const notify = useNotify();
  const client = useQueryClient();
  const undo = useUndo();
  return useMutation({
    mutationKey: nodeMutationKey(node.id),
    mutationFn: ({ action, ...input }: Request) => runNodeAction(node.id, action, input),
    onMutate: () => nodeNews.mark,
    onSuccess: (view, request, mark) => {
      takeNodeView(client, view, mark);
      notify.done(t(`done.${request.action}`, { node: node.name }), canUndo(request) ? undo([node]) : undefined);
    },
    onError: (error, { action }) => {
      if (!isInDialog) notify.failed(t(`action.${action}`, { node: node.name }), error);
    },
  });
}

/** Deletes a node from its pool, as a revision of its own or in the active change set. */
export function useDeleteNode(node: NodeView) {
  const t = useTranslations("nodes");
  const notify = useNotify();
  const client = useQueryClient();
  const forms = useTranslations("forms");
  const writer = useConfigWriter();
  const changeSet = useActiveChangeSet();
  return useMutation({
    mutationKey: nodeMutationKey(node.id),
    mutationFn: () => writer.deleteNode(node.id),
    onSuccess: () => {
      if (!changeSet) dropNode(client, node.poolId, node.id);
      for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
      notify.done(changeSet ? forms("staged", { name: changeSet.name }) : t("done.delete", { node: node.name }));
    },
  });
}

/** Whether an operation on this node is under way. */
export const useIsNodeBusy = (nodeId: string): boolean => useIsMutating({ mutationKey: nodeMutationKey(nodeId) }) > 0;
