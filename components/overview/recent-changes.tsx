"use client";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { RevisionTitle } from "#components/changes/revision-title.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { recentRevisionsQuery } from "#lib/client/queries.ts";
import classes from "./overview-page.module.css";

const SHOWN = 6;

/** The latest publishes: who changed what the fleet runs. */
export function RecentChanges() {
  const t = useTranslations("overview");
  const query = useQuery(recentRevisionsQuery);
  const all = (
    <Link href={"/changes" as Route} className={classes.link}>
      {t("allChanges")} →
    </Link>
  );
  return (
    <Panel title={t("changes")} aside={all}>
      <QueryView query={query}>
        {(revisions) =>
          revisions.length === 0 ? (
            <EmptyState title={t("noChanges")} />
          ) : (
            <ul className={classes.list}>
              {revisions.slice(0, SHOWN).map((revision) => (
                <li key={revision.number} className={classes.item} data-kind="revision">
                  <Link href={`/changes?revision=${revision.number}` as Route} className={classes.link}>
                    {t("revision", { number: revision.number })}
                  </Link>
                  <div>
                    <span className={classes.itemTitle}>
                      <RevisionTitle revision={revision} />{" "}
                    </span>
                    <span className={classes.itemText}>
                      {revision.changeCount > 1 && `${t("changeCount", { count: revision.changeCount })} · `}
                      {revision.author}
                    </span>
                  </div>
                  <span className={classes.itemText}>
                    <RelativeTime at={revision.publishedAt} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Panel>
  );
}
