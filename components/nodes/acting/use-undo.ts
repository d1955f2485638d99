"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { useNotify } from "#components/forms/use-notify.ts";
import { operateNodes, ordersBack } from "#lib/client/node-operations.ts";
import type { NodeView } from "#lib/contracts/views.ts";

/** Makes what puts nodes back into the admin states that they were in, and says how that went. */
export function useUndo(): (before: readonly NodeView[]) => () => Promise<void> {
  const t = useTranslations("nodes.undo");
  const notify = useNotify();
  const client = useQueryClient();
  return useCallback(
    (before) => async () => {
      const name = before.length === 1 ? (before[0]?.name ?? "") : "";
      try {
        const answers = [];
        for (const order of ordersBack(before, Date.now())) answers.push(await operateNodes(client, order));
        const refused = answers.flatMap(({ results }) => results).filter((result) => !result.ok);
        if (refused.length === 0) notify.done(t("done", { count: before.length, name }));
        else notify.problem(t("failed"), refused.map((result) => (result.ok ? "" : result.detail)).join(" · "));
      } catch (error) {
        notify.failed(t("action"), error);
      }
    },
    [t, notify, client],
  );
}
