"use client";
import { useTranslations } from "next-intl";
import { ApiError } from "#lib/client/api.ts";
import classes from "./states.module.css";

/** The id of the request that failed, under which the server's log has the cause; nothing where there was no answer. */
export function RequestId({ error }: { error: unknown }) {
  const common = useTranslations("common");
  const id = error instanceof ApiError ? error.requestId : null;
  return id && <span className={classes.id}>{common("requestId", { id })}</span>;
}
