"use client";
import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { RequestId } from "./request-id.tsx";
import classes from "./states.module.css";
import { useErrorText } from "./use-error-text.ts";

/** An error in the place of what could not be loaded: why, the request's id for the log, and Retry. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTranslations("errors");
  const common = useTranslations("common");
  const text = useErrorText();
  return (
    <div className={classes.state} role="alert">
      <IconAlertTriangle size={20} className={classes.icon} aria-hidden="true" />
      <p className={classes.title}>{t("title")}</p>
      <p className={classes.text}>{text(error)}</p>
      <RequestId error={error} />
      <Button variant="default" onClick={onRetry}>
        {common("retry")}
      </Button>
    </div>
  );
}
