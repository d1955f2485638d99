"use client";
import { useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useNotify } from "#components/forms/use-notify.ts";
import { useUndo } from "#components/nodes/acting/use-undo.ts";
import { useActiveChangeSet, useConfigWriter } from "#components/staging/use-change-set.ts";
import { newestRevision } from "#lib/client/head-revision.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import { rollBack } from "#lib/client/mutations.ts";
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
  const closeBreaker = async () => {
    try {
      const { mark } = nodeNews;
      takeNodeView(client, await runNodeAction(node.id, "reset-breaker"), mark);
      notify.done(t("undo.done", { count: 1, name: node.name }));
    } catch (error) {
      notify.failed(t("undo.action"), error);
    }
  };
  const undoOf = (request: Request) => {
    // One that was open already was not opened by this.
    if (request.action === "trip-breaker" && node.facts.breaker.state === "closed") return () => void closeBreaker();
    return canUndo(request) ? undo([node]) : undefined;
  };
  return useMutation({
    mutationKey: nodeMutationKey(node.id),
    mutationFn: ({ action, ...input }: Request) => runNodeAction(node.id, action, input),
    onMutate: () => nodeNews.mark,
    onSuccess: (view, request, mark) => {
      takeNodeView(client, view, mark);
      notify.done(t(`done.${request.action}`, { node: node.name }), undoOf(request));
    },
    onError: (error, { action }) => {
      if (!isInDialog) notify.failed(t(`action.${action}`, { node: node.name }), error);
    },
  });
}

/** Whether nobody published between what was on screen and what was made: only then going back undoes this alone. */
const isNext = (base: number | undefined, made: number | null): made is number =>
  base !== undefined && made === base + 1;

/** Deletes a node from its pool, as a revision of its own or in the active change set. */
export function useDeleteNode(node: NodeView) {
  const t = useTranslations("nodes");
  const notify = useNotify();
  const client = useQueryClient();
  const forms = useTranslations("forms");
  const writer = useConfigWriter();
  const changeSet = useActiveChangeSet();
  const bringBack = async (made: number) => {
    try {
      // Refused when somebody has published since: theirs is not undone with it.
      await rollBack(made - 1, t("undo.note", { node: node.name }), made);
      for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
      notify.done(t("undo.broughtBack", { name: node.name }));
    } catch (error) {
      notify.failed(t("undo.action"), error);
    }
  };
  return useMutation({
    mutationKey: nodeMutationKey(node.id),
    mutationFn: async () => {
      const base = newestRevision(client);
      return { base, made: await writer.deleteNode(node.id) };
    },
    onSuccess: ({ base, made }) => {
      if (!changeSet) dropNode(client, node.poolId, node.id);
      for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
      if (changeSet) notify.done(forms("staged", { name: changeSet.name }));
      else
        notify.done(t("done.delete", { node: node.name }), isNext(base, made) ? () => void bringBack(made) : undefined);
    },
  });
}

/** Whether an operation on this node is under way. */
export const useIsNodeBusy = (nodeId: string): boolean => useIsMutating({ mutationKey: nodeMutationKey(nodeId) }) > 0;
