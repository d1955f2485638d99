"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { useDemoChange } from "#components/shell/use-demo-change.ts";
import { demoQuery, startDemo } from "#lib/client/demo.ts";
import classes from "./start-checklist.module.css";

/** Starts the demo fleet, or says why there can be none. Gone while there is one: then the banner speaks. */
export function StartDemo() {
  const t = useTranslations("overview.demo");
  const demo = useQuery(demoQuery);
  const start = useDemoChange(startDemo, { done: t("started"), what: t("what") });
  if (!demo.data || (demo.data.state !== "off" && !start.isPending)) return null;
  const { refusal } = demo.data;
  return (
    <div className={classes.demo}>
      <p className={classes.text} role="status">
        {start.isPending ? t("starting") : refusal === null ? t("only") : t(`refusal.${refusal}`)}
      </p>
      {refusal === null && (
        <GuardedButton needs="publisher" variant="default" loading={start.isPending} onClick={() => start.mutate()}>
          {t("start")}
        </GuardedButton>
      )}
    </div>
  );
}
