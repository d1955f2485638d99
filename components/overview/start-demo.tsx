"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { GuardedButton } from "#components/forms/guarded.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { demoQuery, startDemo } from "#lib/client/demo.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import classes from "./start-checklist.module.css";

/** Starts the demo fleet, or says why there can be none. Gone while there is one: then the banner speaks. */
export function StartDemo() {
  const t = useTranslations("overview.demo");
  const client = useQueryClient();
  const notify = useNotify();
  const demo = useQuery(demoQuery);
  const start = useMutation({
    mutationFn: startDemo,
    onSuccess: (view) => {
      client.setQueryData(demoQuery.queryKey, view);
      for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
      notify.done(t("started"));
    },
    onError: (error) => notify.failed(t("what"), error),
  });
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
