"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { RevisionTitle } from "#components/changes/revision-title.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";
import classes from "./review.module.css";

const TOLD = 6;

/** What others published since these edits were begun: all of it stays, whatever is published here. */
export function TheirsPanel({ detail }: { detail: ChangeSetDetail }) {
  const t = useTranslations("review.theirs");
  const { theirs, baseRevision, headRevision } = detail;
  if (theirs !== null && theirs.revisions.length === 0) return null;
  const compare = (
    <Link href={`/changes?from=${baseRevision}&to=${headRevision}` as Route} className={classes.link}>
      {t("compare")}
    </Link>
  );
  return (
    <Panel title={t("title", { base: baseRevision, head: headRevision })} hint={t("hint")} aside={theirs && compare}>
      {theirs === null ? (
        <p className={classes.facts}>{t("unknown")}</p>
      ) : (
        <ul className={classes.theirs}>
          {theirs.revisions.slice(0, TOLD).map((revision) => (
            <li key={revision.number}>
              <Link href={`/changes?revision=${revision.number}` as Route} className={classes.link}>
                {t("revision", { number: revision.number })}
              </Link>{" "}
              <RevisionTitle revision={revision} />{" "}
              <span className={classes.by}>
                {revision.author} · <RelativeTime at={revision.publishedAt} />
              </span>
            </li>
          ))}
          {theirs.revisions.length > TOLD && <li>{t("more", { count: theirs.revisions.length - TOLD })}</li>}
        </ul>
      )}
    </Panel>
  );
}
