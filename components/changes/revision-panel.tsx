"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { GuardedButton } from "#components/forms/guarded.tsx";
import { revisionQuery } from "#lib/client/queries.ts";
import { ChangeList } from "./change-list.tsx";
import classes from "./changes.module.css";
import { RevisionTitle } from "./revision-title.tsx";
import { RollBackDialog } from "./roll-back-dialog.tsx";

type Props = {
  number: number;
  /** The revision in force, as far as it is known. */
  head: number | undefined;
  onRolledBack: () => void;
};

/** One revision: who published it when and why, what it changed, and the way back to it. */
export function RevisionPanel({ number, head, onRolledBack }: Props) {
  const t = useTranslations("changes");
  const query = useQuery(revisionQuery(number));
  const [isAsking, setAsking] = useState(false);
  const button = head !== undefined && number < head && (
    <GuardedButton needs="publisher" variant="default" onClick={() => setAsking(true)}>
      {t("rollBack.button")}
    </GuardedButton>
  );
  return (
    <Panel title={t("what", { number })} aside={button}>
      <QueryView query={query}>
        {(revision) => (
          <>
            <p className={classes.facts}>
              <span className={classes.note}>
                <RevisionTitle revision={revision} /> ·{" "}
              </span>
              {revision.author} · <Time at={revision.publishedAt} />
            </p>
            {revision.changes.length === 0 ? <p>{t("noChanges")}</p> : <ChangeList changes={revision.changes} />}
            {isAsking && head !== undefined && (
              <RollBackDialog
                revision={revision}
                head={head}
                onClose={() => setAsking(false)}
                onDone={() => {
                  setAsking(false);
                  onRolledBack();
                }}
              />
            )}
          </>
        )}
      </QueryView>
    </Panel>
  );
}
