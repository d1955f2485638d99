"use client";
import { ActionIcon } from "@mantine/core";
import {
  IconBan,
  IconCircleCheck,
  IconDeviceLaptop,
  IconDots,
  IconTrash,
  IconUserCheck,
  IconUserShield,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import { meQuery } from "#lib/client/queries.ts";
import type { Person, PersonState } from "#lib/contracts/people.ts";
import classes from "./people.module.css";
import type { PersonAct } from "./person-dialog.tsx";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

type Actions = {
  onRole: (person: Person) => void;
  onSessions: (person: Person) => void;
  onAct: (person: Person, act: PersonAct) => void;
};

export function PeopleTable({ people, ...actions }: Actions & { people: readonly Person[] }) {
  const t = useTranslations("settings.people");
  const { data: me } = useQuery(meQuery);
  const columns = [
    { key: "name", label: t("columns.name") },
    { key: "email", label: t("columns.email") },
    { key: "role", label: t("columns.role") },
    { key: "signIn", label: t("columns.signIn") },
    { key: "state", label: t("columns.state") },
    { key: "lastSeen", label: t("columns.lastSeen") },
    { key: "sessions", label: t("columns.sessions"), isNumber: true },
    { key: "actions", label: t("columns.actions"), isNumber: true },
  ];
  const isLastAdmin = ({ role, state }: Person) =>
    role === "admin" &&
    state === "active" &&
    people.filter((one) => one.role === "admin" && one.state === "active").length === 1;
  return (
    <DataTable label={t("title")} columns={columns}>
      {people.map((person) => (
        <PersonRow
          key={person.id}
          person={person}
          isSelf={me?.kind === "user" && me.name === person.email}
          isLastAdmin={isLastAdmin(person)}
          {...actions}
        />
      ))}
    </DataTable>
  );
}

type RowProps = Actions & { person: Person; isSelf: boolean; isLastAdmin: boolean };

function PersonRow({ person, isSelf, ...menu }: RowProps) {
  const t = useTranslations("settings.people");
  const common = useTranslations("common");
  return (
    <tr data-person={person.email}>
      <td>
        <b>{person.name}</b>
        {isSelf && <span className={tableClasses.mute}> {t("you")}</span>}
      </td>
      <td>{person.email}</td>
      <td>
        {common(`role.${person.role}`)}
        {person.roleFrom === "oidc" && <span className={tableClasses.mute}> {t("fromProvider")}</span>}
      </td>
      <td data-ways={person.signInWays.join(" ")}>
        {person.signInWays.map((way) => t(`way.${way}`)).join(", ") || t("noWay")}
      </td>
      <td>
        <State state={person.state} />
      </td>
      <td>{person.lastSeenAt === null ? t("never") : <RelativeTime at={person.lastSeenAt} />}</td>
      <td className={tableClasses.number}>{person.sessions}</td>
      <td className={tableClasses.number}>
        <PersonMenu person={person} {...menu} />
      </td>
    </tr>
  );
}

function PersonMenu({ person, isLastAdmin, onRole, onSessions, onAct }: Omit<RowProps, "isSelf">) {
  const t = useTranslations("settings.people");
  const pointless = isLastAdmin ? t("lastAdmin") : undefined;
  return (
    <ActionMenu
      width={220}
      target={
        <ActionIcon aria-label={t("actions.label", { name: person.email })}>
          <IconDots {...ICON} />
        </ActionIcon>
      }
    >
      <GuardedItem
        needs="admin"
        icon={<IconUserShield {...ICON} />}
        pointless={pointless}
        onClick={() => onRole(person)}
      >
        {t("actions.role")}
      </GuardedItem>
      <GuardedItem needs="admin" icon={<IconDeviceLaptop {...ICON} />} onClick={() => onSessions(person)}>
        {t("actions.sessions")}
      </GuardedItem>
      {person.state === "active" ? (
        <GuardedItem
          needs="admin"
          icon={<IconBan {...ICON} />}
          pointless={pointless}
          isDangerous
          onClick={() => onAct(person, "deactivate")}
        >
          {t("actions.deactivate")}
        </GuardedItem>
      ) : (
        <GuardedItem needs="admin" icon={<IconUserCheck {...ICON} />} onClick={() => onAct(person, "reactivate")}>
          {t("actions.reactivate")}
        </GuardedItem>
      )}
      <GuardedItem
        needs="admin"
        icon={<IconTrash {...ICON} />}
        pointless={pointless}
        isDangerous
        onClick={() => onAct(person, "remove")}
      >
        {t("actions.remove")}
      </GuardedItem>
    </ActionMenu>
  );
}

/** Icon and words, never colour alone. */
function State({ state }: { state: PersonState }) {
  const t = useTranslations("settings.people.state");
  const Icon = state === "deactivated" ? IconBan : IconCircleCheck;
  return (
    <span className={classes.state} data-state={state}>
      <Icon size={14} stroke={1.8} aria-hidden="true" />
      {t(state)}
    </span>
  );
}
