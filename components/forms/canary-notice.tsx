"use client";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { runningCanaryQuery } from "#lib/client/canaries.ts";
import classes from "./forms.module.css";

/** Whether what is edited now could not be published: a canary runs, and edits go into no change set. */
export function useIsHeldByCanary(): boolean {
  const { data } = useQuery(runningCanaryQuery);
  return useActiveChangeSet() === undefined && Boolean(data);
}

/** Says why a form cannot be saved while a canary runs, and what to do instead. */
export function CanaryNotice() {
  const t = useTranslations("canary.notice");
  const { data } = useQuery(runningCanaryQuery);
  const isHeld = useIsHeldByCanary();
  if (!isHeld || !data) return null;
  return (
    <div className={classes.notice} role="status">
      <p className={classes.noticeTitle}>{t("title", { number: data.revision })}</p>
      <p>
        {t.rich("text", {
          link: (text) => <Link href={`/changes/canaries/${data.id}` as Route}>{text}</Link>,
        })}
      </p>
    </div>
  );
}
