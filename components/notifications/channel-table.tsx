"use client";
import { ActionIcon } from "@mantine/core";
import { IconBellOff, IconBellRinging, IconDots, IconPencil, IconSend, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import { matcherValues } from "#components/forms/label-values.ts";
import type { ChannelView } from "#lib/contracts/notifications.ts";
import classes from "./notifications.module.css";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

type RowActions = Record<"onTest" | "onEdit" | "onToggle" | "onDelete", (channel: ChannelView) => void>;
type Props = RowActions & { channels: readonly ChannelView[] };

/** Channels, by name: where each leads, what it is told of, and how its last message went. */
export function ChannelTable({ channels, ...actions }: Props) {
  const t = useTranslations("notifications");
  const columns = [
    { key: "name", label: t("columns.name") },
    { key: "leadsTo", label: t("columns.leadsTo") },
    { key: "told", label: t("columns.told") },
    { key: "last", label: t("columns.last") },
    { key: "actions", label: t("columns.actions"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {channels.map((channel) => (
        <tr key={channel.id} data-channel={channel.name}>
          <td>
            <b>{channel.name}</b>
            {!channel.enabled && <span className={classes.off}>{t("off")}</span>}
          </td>
          <td>
            {t(`kind.${channel.kind}`)} <span className={tableClasses.mute}>{channel.leadsTo}</span>
          </td>
          <td>
            <Told channel={channel} />
          </td>
          <td>
            <Last channel={channel} />
          </td>
          <td className={tableClasses.number}>
            <Actions channel={channel} {...actions} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function Told({ channel: { match, unreadable } }: { channel: ChannelView }) {
  const t = useTranslations("notifications");
  if (unreadable !== null) return <span className={classes.error}>{t("unreadable", { at: unreadable })}</span>;
  const { leastLevel, rules, poolIds, labels } = match;
  const level =
    leastLevel === 1 ? t("onlyLevel1") : leastLevel < 4 ? t("fromLevel", { level: leastLevel }) : t("allAlerts");
  const parts = [
    level,
    ...(rules.length > 0 ? [t("kinds", { count: rules.length })] : []),
    ...(poolIds.length > 0 ? [t("pools", { count: poolIds.length })] : []),
    ...matcherValues(labels),
  ];
  return parts.join(" · ");
}

function Last({ channel: { last, pending } }: { channel: ChannelView }) {
  const t = useTranslations("notifications");
  return (
    <>
      {last?.settledAt ? (
        <span className={classes.state} data-state={last.state}>
          {t(`state.${last.state}`)} <RelativeTime at={last.settledAt} />
        </span>
      ) : (
        <span className={tableClasses.mute}>{t("never")}</span>
      )}
      {pending > 0 && <span className={classes.off}>{t("pending", { count: pending })}</span>}
      {last?.state === "failed" && <div className={classes.error}>{last.lastError}</div>}
    </>
  );
}

function Actions({ channel, onTest, onEdit, onToggle, onDelete }: RowActions & { channel: ChannelView }) {
  const t = useTranslations("notifications.actions");
  return (
    <ActionMenu
      width={180}
      target={
        <ActionIcon aria-label={t("label", { name: channel.name })}>
          <IconDots {...ICON} />
        </ActionIcon>
      }
    >
      <GuardedItem needs="operator" icon={<IconSend {...ICON} />} onClick={() => onTest(channel)}>
        {t("test")}
      </GuardedItem>
      <GuardedItem needs="admin" icon={<IconPencil {...ICON} />} onClick={() => onEdit(channel)}>
        {t("edit")}
      </GuardedItem>
      <GuardedItem
        needs="admin"
        icon={channel.enabled ? <IconBellOff {...ICON} /> : <IconBellRinging {...ICON} />}
        onClick={() => onToggle(channel)}
      >
        {t(channel.enabled ? "disable" : "enable")}
      </GuardedItem>
      <GuardedItem needs="admin" icon={<IconTrash {...ICON} />} isDangerous onClick={() => onDelete(channel)}>
        {t("delete")}
      </GuardedItem>
    </ActionMenu>
  );
}
