"use client";
import { ActionIcon, Loader, Menu } from "@mantine/core";
import {
  IconDots,
  IconDroplet,
  IconFlame,
  IconGauge,
  IconPencil,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconPlugConnected,
  IconPlugConnectedX,
  IconScale,
  IconScissors,
  IconTool,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import classes from "./node-actions.module.css";
import { useNodeDialogs } from "./node-dialogs.tsx";
import { useIsNodeBusy, useNodeAction } from "./use-node-action.ts";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

function RuntimeItems({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.actions");
  const dialogs = useNodeDialogs();
  const action = useNodeAction(node);
  const { admin, warmUp } = node.facts;
  return (
    <>
      <GuardedItem
        needs="operator"
        icon={<IconDroplet {...ICON} />}
        pointless={admin.state === "drain" ? t("isDraining") : undefined}
        onClick={() => dialogs.drain(node.id)}
      >
        {t("drain")}
      </GuardedItem>
      {node.status === "draining" && (
        <GuardedItem
          needs="operator"
          icon={<IconScissors {...ICON} />}
          isDangerous
          onClick={() => dialogs.cut(node.id)}
        >
          {t("cutNow")}
        </GuardedItem>
      )}
      <GuardedItem
        needs="operator"
        icon={<IconTool {...ICON} />}
        pointless={admin.state === "maintenance" ? t("isMaintenance") : undefined}
        onClick={() => dialogs.maintenance(node.id)}
      >
        {t("maintenance")}
      </GuardedItem>
      <GuardedItem
        needs="operator"
        icon={<IconPlayerPlay {...ICON} />}
        pointless={admin.state === "ready" ? t("isReady") : undefined}
        onClick={() => action.mutate({ action: "ready" })}
      >
        {t("ready")}
      </GuardedItem>
      <GuardedItem
        needs="operator"
        icon={<IconFlame {...ICON} />}
        pointless={admin.state === "ready" ? undefined : t("notInRotation")}
        onClick={() => dialogs.warmUp(node.id)}
      >
        {warmUp ? t("restartWarmUp") : t("warmUp")}
      </GuardedItem>
      {warmUp && (
        <GuardedItem
          needs="operator"
          icon={<IconPlayerTrackNext {...ICON} />}
          onClick={() => action.mutate({ action: "skip-warm-up" })}
        >
          {t("skipWarmUp")}
        </GuardedItem>
      )}
    </>
  );
}

/** What is counted of a node, and may be forgotten by hand. */
function CountedItems({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.actions");
  const dialogs = useNodeDialogs();
  const action = useNodeAction(node);
  return (
    <>
      <GuardedItem
        needs="operator"
        icon={<IconPlugConnectedX {...ICON} />}
        onClick={() => dialogs.tripBreaker(node.id)}
      >
        {t("tripBreaker")}
      </GuardedItem>
      <GuardedItem
        needs="operator"
        icon={<IconPlugConnected {...ICON} />}
        pointless={node.facts.breaker.state === "closed" ? t("isClosed") : undefined}
        onClick={() => action.mutate({ action: "reset-breaker" })}
      >
        {t("resetBreaker")}
      </GuardedItem>
      {node.quota !== null && (
        <GuardedItem
          needs="operator"
          icon={<IconGauge {...ICON} />}
          pointless={node.facts.quota?.used === 0 ? t("isUnused") : undefined}
          onClick={() => action.mutate({ action: "reset-quota" })}
        >
          {t("resetQuota")}
        </GuardedItem>
      )}
    </>
  );
}

/** Everything that can be done to a node, as a menu. */
export function NodeMenu({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.actions");
  const dialogs = useNodeDialogs();
  const isBusy = useIsNodeBusy(node.id);
  const isCollecting = useActiveChangeSet() !== null;
  return (
    <ActionMenu
      target={
        <ActionIcon aria-label={t(isBusy ? "pending" : "label", { node: node.name })} aria-busy={isBusy}>
          {isBusy ? <Loader size={14} aria-hidden="true" /> : <IconDots {...ICON} />}
        </ActionIcon>
      }
    >
      {isCollecting && <Menu.Label>{t("atOnce")}</Menu.Label>}
      <RuntimeItems node={node} />
      <Menu.Divider />
      <CountedItems node={node} />
      <Menu.Divider />
      {isCollecting && <Menu.Label>{t("collected")}</Menu.Label>}
      <GuardedItem needs="publisher" icon={<IconScale {...ICON} />} onClick={() => dialogs.weight(node.id)}>
        {t("weight")}
      </GuardedItem>
      <GuardedItem needs="publisher" icon={<IconPencil {...ICON} />} onClick={() => dialogs.edit(node.id)}>
        {t("edit")}
      </GuardedItem>
      <GuardedItem needs="publisher" icon={<IconTrash {...ICON} />} isDangerous onClick={() => dialogs.delete(node.id)}>
        {t("delete")}
      </GuardedItem>
    </ActionMenu>
  );
}

/** The way out of what goes on with a node: cancels its drain, ends its maintenance, skips its warm-up. */
function WayOut({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.actions");
  const action = useNodeAction(node);
  const isBusy = useIsNodeBusy(node.id);
  const of = { node: node.name };
  const { state } = node.facts.admin;
  const out =
    state === "drain"
      ? ({ action: "ready", text: t("cancel"), label: t("cancelDrainOf", of) } as const)
      : state === "maintenance"
        ? ({ action: "ready", text: t("ready"), label: t("readyOf", of) } as const)
        : node.status === "warming-up"
          ? ({ action: "skip-warm-up", text: t("skip"), label: t("skipWarmUpOf", of) } as const)
          : null;
  if (out === null) return null;
  return (
    <GuardedButton
      needs="operator"
      variant="default"
      size="compact-xs"
      loading={isBusy}
      aria-label={out.label}
      onClick={() => action.mutate({ action: out.action })}
    >
      {out.text}
    </GuardedButton>
  );
}

/** Ends a drain now, whatever is still in flight. */
function Force({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.actions");
  const dialogs = useNodeDialogs();
  return (
    <GuardedButton
      needs="operator"
      variant="default"
      size="compact-xs"
      aria-label={t("cutOf", { node: node.name })}
      onClick={() => dialogs.cut(node.id)}
    >
      {t("cut")}
    </GuardedButton>
  );
}

/** Last cell of a node's row: its menu, the way out of a drain, a maintenance or a warm-up, and for a drain the end of it. */
export function NodeActions({ node }: { node: NodeView }) {
  return (
    <span className={classes.actions}>
      {node.status === "draining" && <Force node={node} />}
      <WayOut node={node} />
      <NodeMenu node={node} />
    </span>
  );
}
