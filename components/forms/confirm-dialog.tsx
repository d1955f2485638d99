"use client";
import { Button, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Dialog } from "./dialog.tsx";
import { FormProblem } from "./form-problem.tsx";
import classes from "./forms.module.css";

/** One consequence: what it is about, and what becomes of it. */
export type Consequence = { label: string; value: React.ReactNode; tone?: "good" | "warn" | "bad" };

type Props = {
  title: string;
  lead: string;
  consequences?: readonly Consequence[];
  /** Said before the buttons when it is dangerous. */
  warning?: string;
  /** To be typed before the button works: friction that matches the harm. */
  typedName?: string;
  confirmLabel: string;
  isDangerous?: boolean;
  isPending: boolean;
  /** What must be seen before the answer is not there yet. */
  isBlocked?: boolean;
  /** Width of the dialog in px. */
  size?: number;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
  children?: React.ReactNode;
};

/** The tone without its colour. */
function Mark({ tone }: { tone: NonNullable<Consequence["tone"]> }) {
  const Icon = tone === "good" ? IconCheck : IconAlertTriangle;
  return <Icon size={14} stroke={2.2} className={classes.mark} aria-hidden="true" />;
}

export function Consequences({ items }: { items: readonly Consequence[] }) {
  return (
    <dl className={classes.facts}>
      {items.map(({ label, value, tone }) => (
        <div key={label} className={classes.fact}>
          <dt>{label}</dt>
          <dd data-tone={tone}>
            {tone && <Mark tone={tone} />}
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Asks before something with consequences, and states them. Enter confirms, Escape leaves. */
export function ConfirmDialog(props: Props) {
  const { title, lead, consequences = [], warning, typedName, confirmLabel, isDangerous, isPending, error } = props;
  const t = useTranslations("forms.confirm");
  const common = useTranslations("common");
  const [typed, setTyped] = useState("");
  const isArmed = !props.isBlocked && (typedName === undefined || typed.trim() === typedName);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (isArmed && !isPending) props.onConfirm();
  };
  return (
    <Dialog onClose={props.onClose} title={title} size={props.size ?? 420} closeOnEscape={!isPending}>
      <form onSubmit={submit} className={classes.form}>
        <p className={classes.lead}>{lead}</p>
        {consequences.length > 0 && <Consequences items={consequences} />}
        {props.children}
        {warning && (
          <div className={classes.problem} role="alert">
            <p className={classes.problemTitle}>{warning}</p>
          </div>
        )}
        {typedName !== undefined && (
          <TextInput
            label={t("typeName", { name: typedName })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={typed !== "" && !typedName.startsWith(typed) ? t("wrongName") : undefined}
            autoComplete="off"
            data-autofocus
          />
        )}
        <FormProblem error={error} />
        <div className={classes.footer}>
          <Button variant="default" onClick={props.onClose}>
            {common("cancel")}
          </Button>
          <Button
            type="submit"
            color={isDangerous ? "red" : undefined}
            loading={isPending}
            // It keeps the focus that it is given while the pre-flight is under way; `submit` does nothing by then.
            data-disabled={!isArmed || undefined}
            aria-disabled={!isArmed}
            data-autofocus={typedName === undefined || undefined}
          >
            {confirmLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
