"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ActDialog } from "#components/forms/act-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { alertingKeys, deleteWindow, endSilence, removeRule } from "#lib/client/alerting.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import { keys } from "#lib/client/queries.ts";
import type { AlertRuleView } from "#lib/contracts/alert-rules-api.ts";
import type { SilenceView, WindowView } from "#lib/contracts/silences.ts";
import { MatcherText } from "./matcher-fields.tsx";

type Props<T> = { of: T; onClose: () => void };

/** It cannot be taken up again, and what it muted is told at once. */
export function EndSilenceDialog({ of: { id, comment, matchers, matching }, onClose }: Props<SilenceView>) {
  const t = useTranslations("silences");
  const client = useQueryClient();
  const notify = useNotify();
  const told = { label: t("ending.told"), value: t("matching", { count: matching }), tone: "warn" } as const;
  return (
    <ActDialog
      title={t("ending.title", { comment })}
      lead={t("ending.lead")}
      consequences={[
        ...(matchers ? [{ label: t("columns.matches"), value: <MatcherText matchers={matchers} /> }] : []),
        ...(matching > 0 ? [told] : []),
      ]}
      confirmLabel={t("end")}
      run={() => endSilence(id)}
      onDone={() => {
        for (const queryKey of [alertingKeys.silences, keys.alerts]) void client.invalidateQueries({ queryKey });
        notify.done(t("ended"));
      }}
      onClose={onClose}
    />
  );
}

export function DeleteWindowDialog({ of: { id, name, matchers }, onClose }: Props<WindowView>) {
  const t = useTranslations("silences.window.deleting");
  const shared = useTranslations("silences.columns");
  const client = useQueryClient();
  const notify = useNotify();
  return (
    <ActDialog
      title={t("title", { name })}
      lead={t("lead")}
      consequences={matchers ? [{ label: shared("matches"), value: <MatcherText matchers={matchers} /> }] : []}
      confirmLabel={t("confirm")}
      isDangerous
      run={() => deleteWindow(id)}
      onDone={() => {
        for (const queryKey of [alertingKeys.windows, keys.alerts]) void client.invalidateQueries({ queryKey });
        notify.done(t("done", { name }));
      }}
      onClose={onClose}
    />
  );
}

/** One that came with the product is as it came again; any other is gone, and what fires by it ends. */
export function RemoveRuleDialog({ of: { key, name, isBuiltIn }, onClose }: Props<AlertRuleView>) {
  const t = useTranslations("rules.removing");
  const forms = useTranslations("forms");
  const client = useQueryClient();
  const notify = useNotify();
  const changeSet = useActiveChangeSet();
  const rule = name || key;
  return (
    <ActDialog
      title={t(isBuiltIn ? "resetTitle" : "title", { rule })}
      lead={t(isBuiltIn ? "resetLead" : "lead")}
      confirmLabel={t(isBuiltIn ? "reset" : "confirm")}
      isDangerous={!isBuiltIn}
      run={() => removeRule(key, changeSet?.id)}
      onDone={() => {
        for (const queryKey of [alertingKeys.allRules, ...CONFIGURATION_KEYS])
          void client.invalidateQueries({ queryKey });
        notify.done(changeSet ? forms("staged", { name: changeSet.name }) : t("done", { rule }));
      }}
      onClose={onClose}
    />
  );
}
