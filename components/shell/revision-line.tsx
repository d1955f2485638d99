"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useDatabaseLost } from "#lib/client/database.ts";
import { healthQuery } from "#lib/client/queries.ts";
import classes from "./revision-line.module.css";

/** Revision in force, and how many of the live workers run it. */
export function RevisionLine() {
  const t = useTranslations("shell");
  const { data } = useQuery(healthQuery);
  const isLost = useDatabaseLost() !== null;
  if (!data && !isLost) return null;
  if (!data || isLost || data.status !== "ok") return <span className={classes.warn}>{t("databaseDown")}</span>;
  const live = data.workers.filter((worker) => worker.state === "live");
  const inStep = live.filter((worker) => worker.revision === data.revision).length;
  return (
    <span className={classes.line}>
      {!data.revision ? t("noRevision") : t("revision", { number: data.revision })}
      {" · "}
      <span className={inStep < live.length || live.length === 0 ? classes.warn : undefined}>
        {live.length === 0 ? t("noWorker") : t("inStep", { inStep, total: live.length })}
      </span>
    </span>
  );
}
