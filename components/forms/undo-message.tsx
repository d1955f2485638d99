"use client";
import { Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import classes from "./notify.module.css";

/** What was done, and the button that takes it back. */
export function UndoMessage({ message, onUndo }: { message: string; onUndo: () => void }) {
  const t = useTranslations("forms");
  return (
    <span className={classes.withUndo}>
      {message}
      <Button variant="default" size="compact-xs" aria-label={t("undoOf", { what: message })} onClick={onUndo}>
        {t("undo")}
      </Button>
    </span>
  );
}
