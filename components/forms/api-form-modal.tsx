"use client";
import { Button, Modal } from "@mantine/core";
import { useTranslations } from "next-intl";
import { FormProblem } from "./form-problem.tsx";
import classes from "./forms.module.css";
import type { ApiForm } from "./use-api-form.ts";

type Props<V extends Record<string, unknown>> = {
  title: string;
  api: ApiForm<V>;
  submitLabel: string;
  onClose: () => void;
  children: React.ReactNode;
};

/** Dialog around a form that is in no revision: its fields, what went wrong, and the buttons. */
export function ApiFormModal<V extends Record<string, unknown>>(props: Props<V>) {
  const { title, api, submitLabel, onClose, children } = props;
  const common = useTranslations("common");
  return (
    <Modal opened onClose={onClose} title={title} size={420} closeButtonProps={{ "aria-label": common("close") }}>
      <form className={classes.form} onSubmit={api.submit} noValidate>
        {children}
        <FormProblem error={api.problem} />
        <div className={classes.footer}>
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" loading={api.isPending}>
            {submitLabel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
