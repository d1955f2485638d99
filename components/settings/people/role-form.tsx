"use client";
import { Select } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ApiFormModal } from "#components/forms/api-form-modal.tsx";
import { useApiForm } from "#components/forms/use-api-form.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { updatePerson } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { ROLES } from "#lib/contracts/common.ts";
import { type Person, PersonPatch } from "#lib/contracts/people.ts";

export function RoleForm({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useTranslations("settings.people.role");
  const common = useTranslations("common");
  const client = useQueryClient();
  const notify = useNotify();
  const api = useApiForm({
    initial: { role: person.role },
    schema: PersonPatch,
    send: (patch) => updatePerson(person.id, patch),
    onDone: (changed) => {
      void client.invalidateQueries({ queryKey: keys.people });
      void client.invalidateQueries({ queryKey: keys.me });
      notify.done(t("done", { name: person.email, role: common(`role.${changed.role}`) }));
      onClose();
    },
  });
  return (
    <ApiFormModal title={t("title", { name: person.email })} api={api} submitLabel={t("button")} onClose={onClose}>
      <Select
        label={t("label")}
        description={person.roleFrom === "oidc" ? `${t("help")} ${t("fromProvider")}` : t("help")}
        data={ROLES.map((value) => ({ value, label: common(`role.${value}`) }))}
        allowDeselect={false}
        data-autofocus
        {...api.form.getInputProps("role")}
      />
    </ApiFormModal>
  );
}
