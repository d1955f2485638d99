"use client";
import { ActionIcon } from "@mantine/core";
import { IconClock, IconClockOff, IconDots, IconLink, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Time } from "#components/data/time.tsx";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import type { Invitation } from "#lib/contracts/people.ts";
import type { InvitationAct } from "./invitation-dialog.tsx";
import classes from "./people.module.css";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

type Props = { invitations: readonly Invitation[]; onAct: (invitation: Invitation, act: InvitationAct) => void };

export function InvitationTable({ invitations, onAct }: Props) {
  const t = useTranslations("settings.people.invitations");
  const common = useTranslations("common");
  const columns = [
    { key: "email", label: t("columns.email") },
    { key: "role", label: t("columns.role") },
    { key: "state", label: t("columns.state") },
    { key: "by", label: t("columns.by") },
    { key: "expires", label: t("columns.expires") },
    { key: "actions", label: t("columns.actions"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {invitations.map((invitation) => (
        <tr key={invitation.id} data-invitation={invitation.email}>
          <td>
            <b>{invitation.email}</b>
          </td>
          <td>{common(`role.${invitation.role}`)}</td>
          <td>
            <State state={invitation.state} />
          </td>
          <td>{invitation.invitedBy}</td>
          <td>
            <Time at={invitation.expiresAt} />
          </td>
          <td className={tableClasses.number}>
            <ActionMenu
              target={
                <ActionIcon aria-label={t("actions.label", { email: invitation.email })}>
                  <IconDots {...ICON} />
                </ActionIcon>
              }
            >
              <GuardedItem needs="admin" icon={<IconLink {...ICON} />} onClick={() => onAct(invitation, "renew")}>
                {t("actions.renew")}
              </GuardedItem>
              <GuardedItem
                needs="admin"
                icon={<IconTrash {...ICON} />}
                isDangerous
                onClick={() => onAct(invitation, "revoke")}
              >
                {t("actions.revoke")}
              </GuardedItem>
            </ActionMenu>
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function State({ state }: Pick<Invitation, "state">) {
  const t = useTranslations("settings.people.invitations.state");
  const Icon = state === "pending" ? IconClock : IconClockOff;
  return (
    <span className={classes.state} data-state={state}>
      <Icon size={14} stroke={1.8} aria-hidden="true" />
      {t(state)}
    </span>
  );
}
