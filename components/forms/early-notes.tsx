"use client";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useWarningText } from "#components/changes/sets/use-warning-text.ts";
import classes from "./forms.module.css";

type Told = { code: string; message: string };

/** What publishing this would be warned of, beside the field that it is about. Nothing without a warning. */
export function EarlyNotes({ warnings }: { warnings: readonly Told[] }) {
  const t = useTranslations("forms");
  const text = useWarningText();
  if (warnings.length === 0) return null;
  return (
    <span className={classes.early}>
      {warnings.map((warning) => (
        <span key={warning.code} className={classes.earlyNote} data-early-warning={warning.code}>
          <IconAlertTriangle size={13} aria-label={t("early")} role="img" />
          <span>{text(warning)}</span>
        </span>
      ))}
    </span>
  );
}

/** The same as a part of its own, told to screen readers as it changes. */
export const EarlyStatus = ({ warnings }: { warnings: readonly Told[] }) => (
  <div role="status">
    <EarlyNotes warnings={warnings} />
  </div>
);
