"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useNotify } from "#components/forms/use-notify.ts";
import { useConfigWriter } from "#components/staging/use-change-set.ts";
import { rememberOwnRevision } from "#lib/client/head-revision.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import type { Patch } from "#lib/contracts/config.ts";
import type { NodeView } from "#lib/contracts/views.ts";

/**
 * Makes what puts the edited fields of a node back to what they were. Refused when somebody has published since. Credentials
 * that were replaced are not told by the API: with those nothing is offered.
 */
export function useTakeBack(node: NodeView | undefined) {
  const t = useTranslations("nodes.undo");
  const notify = useNotify();
  const client = useQueryClient();
  const writer = useConfigWriter();
  return (patch: Patch, before: Record<string, unknown>, revision: number): (() => void) | undefined => {
    if (!node || "credentials" in patch || "requestHeaders" in patch) return undefined;
    const back = Object.fromEntries(Object.keys(patch).map((key) => [key, before[key]]));
    const run = async () => {
      try {
        const made = await writer.updateNode(node.id, back, revision);
        rememberOwnRevision(client, made.revision);
        for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
        notify.done(t("done", { count: 1, name: node.name }));
      } catch (error) {
        notify.failed(t("action"), error);
      }
    };
    return () => void run();
  };
}
