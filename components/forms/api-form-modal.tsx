"use client";
import { Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import { Dialog } from "./dialog.tsx";
import { FormProblem } from "./form-problem.tsx";
import classes from "./forms.module.css";
import type { ApiForm } from "./use-api-form.ts";

type Props<V extends Record<string, unknown>> = {
  title: string;
  api: ApiForm<V>;
  submitLabel: string;
  onClose: () => void;
  size?: number;
  /** Beside the buttons; a form that has one is large, and a click beside it does not throw it away. */
  note?: string;
  children: React.ReactNode;
};

/** Dialog around a form that is in no revision: its fields, what went wrong, and the buttons. */
export function ApiFormModal<V extends Record<string, unknown>>(props: Props<V>) {
  const { title, api, submitLabel, onClose, size = 420, note, children } = props;
  const common = useTranslations("common");
  return (
    <Dialog onClose={onClose} title={title} size={size} closeOnClickOutside={note === undefined}>
      <form className={classes.form} onSubmit={api.submit} noValidate>
        {children}
        <FormProblem error={api.problem} />
        <div className={classes.footer}>
          {note !== undefined && <span className={classes.note}>{note}</span>}
          <Button variant="default" onClick={onClose} disabled={api.isPending}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={api.isPending}>
            {submitLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
