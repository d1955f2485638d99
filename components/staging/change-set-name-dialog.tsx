"use client";
import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ApiFormModal } from "#components/forms/api-form-modal.tsx";
import { useApiForm } from "#components/forms/use-api-form.ts";
import { changeSetKeys, createChangeSet, openChangeSetsQuery, renameChangeSet } from "#lib/client/change-sets.ts";
import { ChangeSetPatch, type ChangeSetSummary } from "#lib/contracts/change-sets.ts";
import { useChooseChangeSet } from "./use-change-set.ts";

/** Opens a new change set, into which edits go from then on; or renames one. */
export function ChangeSetNameDialog({ set, onClose }: { set?: ChangeSetSummary; onClose: () => void }) {
  const t = useTranslations("staging.name");
  const client = useQueryClient();
  const choose = useChooseChangeSet();
  const api = useApiForm({
    initial: { name: set?.name ?? "" },
    schema: ChangeSetPatch,
    send: ({ name }) => (set ? renameChangeSet(set.id, name) : createChangeSet(name)),
    onDone: (made) => {
      // In the list at once: what is chosen is looked up there.
      client.setQueryData(openChangeSetsQuery.queryKey, (sets = []) => [
        made,
        ...sets.filter(({ id }) => id !== made.id),
      ]);
      void client.invalidateQueries({ queryKey: changeSetKeys.all });
      if (!set) choose(made.id);
      onClose();
    },
  });
  return (
    <ApiFormModal
      title={set ? t("rename") : t("new")}
      api={api}
      submitLabel={set ? t("renameButton") : t("create")}
      onClose={onClose}
    >
      <TextInput
        label={t("label")}
        placeholder={t("placeholder")}
        maxLength={100}
        data-autofocus
        {...api.form.getInputProps("name")}
      />
    </ApiFormModal>
  );
}
