"use client";
import { Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { Time } from "#components/data/time.tsx";
import type { PersonSession } from "#lib/contracts/people.ts";

type Props = {
  sessions: readonly PersonSession[];
  /** Left out: they can only be looked at. */
  onEnd?: (session: PersonSession) => void;
};

/** Where a person is signed in, the session used last first. */
export function SessionTable({ sessions, onEnd }: Props) {
  const t = useTranslations("settings.sessions");
  const columns = [
    { key: "browser", label: t("columns.browser") },
    { key: "address", label: t("columns.address") },
    { key: "lastSeen", label: t("columns.lastSeen") },
    { key: "began", label: t("columns.began") },
    ...(onEnd ? [{ key: "actions", label: t("columns.actions"), isNumber: true }] : []),
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {sessions.map((session) => (
        <tr key={session.id} data-current={session.isCurrent || undefined}>
          <td>
            <b>{[session.browser, session.system].filter(Boolean).join(" · ") || t("unknown")}</b>
            {session.isCurrent && <span className={tableClasses.mute}> {t("current")}</span>}
          </td>
          <td>{session.address ?? t("unknown")}</td>
          <td>
            <RelativeTime at={session.lastSeenAt} />
          </td>
          <td>
            <Time at={session.createdAt} />
          </td>
          {onEnd && (
            <td className={tableClasses.number}>
              {!session.isCurrent && (
                <Button variant="subtle" color="red" size="compact-xs" onClick={() => onEnd(session)}>
                  {t("end")}
                </Button>
              )}
            </td>
          )}
        </tr>
      ))}
    </DataTable>
  );
}
