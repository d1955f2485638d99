"use client";
import { useTranslations } from "next-intl";
import { useErrorText } from "#components/data/use-error-text.ts";
import { ApiError } from "#lib/client/api.ts";
import classes from "./forms.module.css";

/** Why a save did not work, where it is not the fault of one field: the API's words, and the request's id for the log. */
export function FormProblem({ error }: { error: unknown }) {
  const t = useTranslations("forms");
  const text = useErrorText();
  if (!error) return null;
  const known = error instanceof ApiError ? error : null;
  const detail = known && known.status > 0 && known.message !== text(error) ? known.message : null;
  return (
    <div className={classes.problem} role="alert">
      <p className={classes.problemTitle}>{text(error)}</p>
      {detail && <p>{detail}</p>}
      {known?.requestId && <p className={classes.requestId}>{t("requestId", { id: known.requestId })}</p>}
    </div>
  );
}
