"use client";
import { Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import { OthersEdits } from "#components/staging/others-edits.tsx";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { CanaryNotice, useIsHeldByCanary } from "./canary-notice.tsx";
import { Dialog } from "./dialog.tsx";
import { FormProblem } from "./form-problem.tsx";
import classes from "./forms.module.css";
import { StaleNotice } from "./stale-notice.tsx";
import type { ConfigForm } from "./use-config-form.ts";

type Props<V extends Record<string, unknown>> = {
  title: string;
  config: ConfigForm<V>;
  submitLabel: string;
  onClose: () => void;
  entityId?: string;
  onTakeNewest?: () => void;
  size?: string | number;
  children: React.ReactNode;
};

/** Dialog around a form: its fields, what went wrong, and the buttons. Escape and the cross close it, unless it is saving. */
export function FormModal<V extends Record<string, unknown>>(props: Props<V>) {
  const { title, config, submitLabel, onClose, entityId, onTakeNewest, size = 560, children } = props;
  const t = useTranslations("forms");
  const common = useTranslations("common");
  const changeSet = useActiveChangeSet();
  const isHeld = useIsHeldByCanary();
  const { submit, isSaving, problem, staleSince, publishOver } = config;
  return (
    <Dialog onClose={onClose} title={title} size={size} closeOnClickOutside={false} closeOnEscape={!isSaving}>
      <form onSubmit={submit} className={classes.form} noValidate>
        <CanaryNotice />
        <OthersEdits entityId={entityId} />
        {children}
        {staleSince !== null && (
          <StaleNotice base={staleSince} entityId={entityId} onTakeNewest={onTakeNewest} onKeep={publishOver} />
        )}
        <FormProblem error={problem} />
        <div className={classes.footer}>
          <span className={classes.note}>{changeSet ? t("goesInto", { name: changeSet.name }) : t("published")}</span>
          <Button variant="default" onClick={onClose} disabled={isSaving}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={isSaving} disabled={staleSince !== null || isHeld}>
            {submitLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
