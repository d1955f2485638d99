"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { useNotify } from "#components/forms/use-notify.ts";
import { ApiError } from "#lib/client/api.ts";
import { type NodesBefore, operateNodes, ordersBack } from "#lib/client/node-operations.ts";

/**
 * Makes what puts nodes back into the admin states that they were in, and says how that went. What would leave too little to
 * serve meanwhile is refused first, with what it means and the way to do it all the same.
 */
export function useUndo(): (before: NodesBefore) => () => Promise<void> {
  const t = useTranslations("nodes.undo");
  const forms = useTranslations("forms");
  const notify = useNotify();
  const client = useQueryClient();
  return useCallback(
    (before) => {
      const take = async (override: boolean): Promise<void> => {
        const name = before.length === 1 ? (before[0]?.name ?? "") : "";
        try {
          const answers = [];
          for (const order of ordersBack(before, Date.now(), override)) answers.push(await operateNodes(client, order));
          const refused = answers.flatMap(({ results }) => results).filter((result) => !result.ok);
          if (refused.length === 0) notify.done(t("done", { count: before.length, name }));
          else notify.problem(t("failed"), refused.map((result) => (result.ok ? "" : result.detail)).join(" · "));
        } catch (error) {
          const isUnsafe = error instanceof ApiError && error.code === "unsafe-operation" && !override;
          if (isUnsafe) notify.unsafe(t("action"), error, { label: forms("override"), act: () => void take(true) });
          else notify.failed(t("action"), error);
        }
      };
      return () => take(false);
    },
    [t, forms, notify, client],
  );
}
