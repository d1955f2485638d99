"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { Convergence } from "#components/changes/convergence.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";
import classes from "./review.module.css";

/** What became of a published change set: its revision, and which workers run it. */
export function PublishedPanel({ detail }: { detail: ChangeSetDetail }) {
  const t = useTranslations("review.published");
  const { revision } = detail;
  if (revision === null) return null;
  const link = (
    <Link href={`/changes?revision=${revision}` as Route} className={classes.link}>
      {t("revision", { number: revision })}
    </Link>
  );
  return (
    <Panel title={t("title", { number: revision })} aside={link}>
      <Convergence revision={revision} />
    </Panel>
  );
}
