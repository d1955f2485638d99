"use client";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Dialog } from "#components/forms/dialog.tsx";
import classes from "#components/forms/forms.module.css";
import { personSessionsQuery } from "#lib/client/people.ts";
import type { Person } from "#lib/contracts/people.ts";
import { SessionTable } from "../session-table.tsx";
import { PersonDialog } from "./person-dialog.tsx";

/** Where a person is signed in, and the way to end all of it. */
export function SessionsDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useTranslations("settings.people.sessions");
  const common = useTranslations("common");
  const query = useQuery(personSessionsQuery(person.id));
  const [isEnding, setIsEnding] = useState(false);
  if (isEnding) return <PersonDialog person={person} act="endSessions" onClose={onClose} />;
  return (
    <Dialog onClose={onClose} title={t("title", { name: person.email })} size={720}>
      <div className={classes.form}>
        <QueryView query={query}>
          {(sessions) =>
            sessions.length === 0 ? <EmptyState title={t("none")} /> : <SessionTable sessions={sessions} />
          }
        </QueryView>
        <div className={classes.footer}>
          <Button variant="default" onClick={onClose}>
            {common("close")}
          </Button>
          <Button color="red" disabled={!query.data?.length} onClick={() => setIsEnding(true)}>
            {t("endAll")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
