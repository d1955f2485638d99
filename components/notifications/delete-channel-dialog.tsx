"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ActDialog } from "#components/forms/act-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { deleteChannel } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import type { ChannelView } from "#lib/contracts/notifications.ts";

export function DeleteChannelDialog({ channel, onClose }: { channel: ChannelView; onClose: () => void }) {
  const t = useTranslations("notifications.delete");
  const client = useQueryClient();
  const notify = useNotify();
  const { id, name, pending } = channel;
  return (
    <ActDialog
      title={t("title", { name })}
      lead={t("lead")}
      consequences={pending > 0 ? [{ label: t("waiting"), value: pending, tone: "warn" }] : []}
      confirmLabel={t("button")}
      isDangerous
      run={() => deleteChannel(id)}
      onDone={() => {
        void client.invalidateQueries({ queryKey: keys.channels });
        void client.invalidateQueries({ queryKey: keys.allDeliveries });
        notify.done(t("done", { name }));
      }}
      onClose={onClose}
    />
  );
}
