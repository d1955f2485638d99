"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { renewInvitation, revokeInvitation } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import type { Invitation, NewInvitation } from "#lib/contracts/people.ts";

export type InvitationAct = "renew" | "revoke";

type Props = {
  invitation: Invitation;
  act: InvitationAct;
  onClose: () => void;
  onRenewed: (invitation: NewInvitation) => void;
};

/** Asks before the link that somebody may hold becomes void. */
export function InvitationDialog({ invitation, act, onClose, onRenewed }: Props) {
  const t = useTranslations("settings.people.invitations");
  const client = useQueryClient();
  const notify = useNotify();
  const { id, email } = invitation;
  const mutation = useMutation({
    mutationFn: async () => (act === "renew" ? renewInvitation(id) : void (await revokeInvitation(id))),
    onSuccess: (renewed) => {
      void client.invalidateQueries({ queryKey: keys.invitations });
      if (renewed) return onRenewed(renewed);
      notify.done(t("revoke.done", { email }));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t(`${act}.title`, { email })}
      lead={t(`${act}.lead`)}
      confirmLabel={t(`${act}.button`)}
      isDangerous={act === "revoke"}
      isPending={mutation.isPending}
      error={mutation.error}
      onConfirm={() => mutation.mutate()}
      onClose={onClose}
    />
  );
}
