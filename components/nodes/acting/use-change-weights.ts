"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useNotify } from "#components/forms/use-notify.ts";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { newestRevision, rememberOwnRevision } from "#lib/client/head-revision.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import { changeNodes } from "#lib/client/node-operations.ts";

export type WeightChange = { id: string; name: string; before: number; after: number };

/** Sets weights of nodes as one revision, or in the change set; what was published at once can be taken back for some seconds. */
export function useChangeWeights(onSaved: () => void) {
  const t = useTranslations("nodes.weights");
  const forms = useTranslations("forms");
  const notify = useNotify();
  const client = useQueryClient();
  const changeSet = useActiveChangeSet();
  // What others publish while the dialog is open is not overwritten unseen.
  const [base] = useState(() => newestRevision(client));
  const write = async (
    changes: readonly { id: string; weight: number }[],
    ifMatch: number | undefined,
    read?: readonly string[],
  ) => {
    const { revision } = await changeNodes(
      changes.map(({ id, weight }) => ({ do: "update", id, patch: { weight } })),
      changeSet ? { changeSet: changeSet.id } : { ifMatch },
      read,
    );
    if (!changeSet) rememberOwnRevision(client, revision);
    for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
    return revision;
  };
  const undo = async (changes: readonly WeightChange[], revision: number) => {
    try {
      await write(
        changes.map(({ id, before }) => ({ id, weight: before })),
        revision,
      );
      notify.done(t("undone", { count: changes.length }));
    } catch (error) {
      notify.failed(t("undoing"), error);
    }
  };
  return useMutation({
    mutationFn: ({ changes, read }: { changes: readonly WeightChange[]; read: readonly string[] }) =>
      write(
        changes.map(({ id, after }) => ({ id, weight: after })),
        base,
        read,
      ),
    onSuccess: (revision, { changes }) => {
      if (changeSet) notify.done(forms("staged", { name: changeSet.name }));
      else
        notify.done(
          t("done", { count: changes.length, name: changes[0]?.name ?? "" }),
          () => void undo(changes, revision),
        );
      onSaved();
    },
  });
}
