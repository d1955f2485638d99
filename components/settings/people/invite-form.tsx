"use client";
import { Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ApiFormModal } from "#components/forms/api-form-modal.tsx";
import { useApiForm } from "#components/forms/use-api-form.ts";
import { invite } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import { ROLES, type Role } from "#lib/contracts/common.ts";
import { InvitationInput, type NewInvitation } from "#lib/contracts/people.ts";

/** Days until the link is void. */
const LIVES = [1, 7, 30] as const;

type Values = { email: string; role: Role; days: string };
type Props = { onClose: () => void; onMade: (invitation: NewInvitation) => void };

export function InviteForm({ onClose, onMade }: Props) {
  const t = useTranslations("settings.people.invite");
  const common = useTranslations("common");
  const client = useQueryClient();
  const api = useApiForm({
    initial: { email: "", role: "viewer", days: "7" } as Values,
    schema: InvitationInput,
    toInput: ({ email, role, days }) => ({ email, role, expiresInDays: Number(days) }),
    send: invite,
    onDone: (made) => {
      void client.invalidateQueries({ queryKey: keys.invitations });
      onMade(made);
    },
  });
  return (
    <ApiFormModal title={t("title")} api={api} submitLabel={t("submit")} onClose={onClose}>
      <TextInput
        label={t("email")}
        type="email"
        autoComplete="off"
        data-autofocus
        {...api.form.getInputProps("email")}
      />
      <Select
        label={t("role")}
        data={ROLES.map((value) => ({ value, label: common(`role.${value}`) }))}
        allowDeselect={false}
        {...api.form.getInputProps("role")}
      />
      <Select
        label={t("expires")}
        data={LIVES.map((count) => ({ value: String(count), label: t("days", { count }) }))}
        allowDeselect={false}
        {...api.form.getInputProps("days")}
      />
    </ApiFormModal>
  );
}
