"use client";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { channelsQuery } from "#lib/client/notification-channels.ts";
import type { ChannelView } from "#lib/contracts/notifications.ts";
import { ChannelForm } from "./channel-form.tsx";
import { ChannelTable } from "./channel-table.tsx";
import { DeleteChannelDialog } from "./delete-channel-dialog.tsx";
import { DeliveryLog } from "./delivery-log.tsx";
import { useChannelActions } from "./use-channel-actions.ts";

type Open = { kind: "new" } | { kind: "edit" | "delete"; channel: ChannelView };

/** Where alerts are told besides the dashboard, and what was told. */
export function NotificationsTab() {
  const t = useTranslations("notifications");
  const query = useQuery(channelsQuery);
  const { test, toggle } = useChannelActions();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const add = (
    <GuardedButton
      needs="admin"
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => setOpen({ kind: "new" })}
    >
      {t("new")}
    </GuardedButton>
  );
  return (
    <>
      <Panel flush title={t("title")} hint={t("hint")} aside={add}>
        <QueryView query={query}>
          {(channels) =>
            channels.length === 0 ? (
              <EmptyState title={t("none")} text={t("noneText")} />
            ) : (
              <ChannelTable
                channels={channels}
                onTest={(channel) => test.mutate(channel)}
                onToggle={(channel) => toggle.mutate(channel)}
                onEdit={(channel) => setOpen({ kind: "edit", channel })}
                onDelete={(channel) => setOpen({ kind: "delete", channel })}
              />
            )
          }
        </QueryView>
      </Panel>
      <DeliveryLog channels={query.data ?? []} />
      {open?.kind === "new" && <ChannelForm onClose={close} />}
      {open?.kind === "edit" && <ChannelForm channel={open.channel} onClose={close} />}
      {open?.kind === "delete" && <DeleteChannelDialog channel={open.channel} onClose={close} />}
    </>
  );
}
