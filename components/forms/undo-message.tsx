"use client";
import { Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import classes from "./notify.module.css";

type Props = { message: string; onUndo: () => void /** Of the button, unless it takes back. */; label?: string };

/** What was done, and the button that takes it back. */
export function UndoMessage({ message, onUndo, label }: Props) {
  const t = useTranslations("forms");
  return (
    <span className={classes.withUndo}>
      {message}
      <Button variant="default" size="compact-xs" aria-label={label ?? t("undoOf", { what: message })} onClick={onUndo}>
        {label ?? t("undo")}
      </Button>
    </span>
  );
}
