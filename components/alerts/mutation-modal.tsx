"use client";
import { Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import { Dialog } from "#components/forms/dialog.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import classes from "#components/forms/forms.module.css";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import type { Role } from "#lib/contracts/common.ts";

type Props = {
  title: string;
  submitLabel: string;
  needs: Role;
  size?: number;
  isPending: boolean;
  /** What went wrong, unless a field says it. */
  error: unknown;
  onSubmit: () => void;
  onClose: () => void;
  /** A click beside it does not throw away what was entered. */
  isKept?: boolean;
  children: React.ReactNode;
};

/** Dialog around fields of one's own: what went wrong, and the buttons. */
export function MutationModal(props: Props) {
  const {
    title,
    submitLabel,
    needs,
    size = 640,
    isPending,
    error,
    onSubmit,
    onClose,
    isKept = false,
    children,
  } = props;
  const common = useTranslations("common");
  return (
    <Dialog onClose={onClose} size={size} title={title} closeOnClickOutside={!isKept} closeOnEscape={!isPending}>
      <form
        className={classes.form}
        noValidate={isKept}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <FormProblem error={error} />
        <div className={classes.footer}>
          <Button variant="default" onClick={onClose} disabled={isPending}>
            {common("cancel")}
          </Button>
          <GuardedButton needs={needs} type="submit" loading={isPending}>
            {submitLabel}
          </GuardedButton>
        </div>
      </form>
    </Dialog>
  );
}
