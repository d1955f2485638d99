"use client";
import { Button, Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useFormats } from "#lib/client/use-formats.ts";
import { ErrorState } from "./error-state.tsx";
import { RequestId } from "./request-id.tsx";
import classes from "./states.module.css";
import { useErrorText } from "./use-error-text.ts";

type Props<T> = {
  query: Pick<UseQueryResult<T>, "data" | "error" | "refetch" | "dataUpdatedAt">;
  skeleton?: React.ReactNode;
  children: (data: T) => React.ReactNode;
};

/** Rows of the height of a table's, while its content is loading. */
export function SkeletonRows({ rows = 5 }: { rows?: number }) {
  const t = useTranslations("common");
  return (
    <div role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => `row ${row}`).map((key) => (
        <Skeleton key={key} height={16} my={8} mx={14} width="auto" radius="sm" />
      ))}
    </div>
  );
}

function OldData({ error, since, onRetry }: { error: unknown; since: number; onRetry: () => void }) {
  const t = useTranslations("errors");
  const common = useTranslations("common");
  const text = useErrorText();
  const formats = useFormats();
  return (
    <div className={classes.inline} role="alert">
      {text(error)} {t("old", { time: formats.time(since) })} <RequestId error={error} />
      <Button variant="default" size="compact-xs" onClick={onRetry}>
        {common("retry")}
      </Button>
    </div>
  );
}

/** Skeleton, error with Retry, or the data; when only reading it again fails, the last good data with its time. */
export function QueryView<T>({ query, skeleton = <SkeletonRows />, children }: Props<T>) {
  const retry = () => void query.refetch();
  if (query.data === undefined) return query.error ? <ErrorState error={query.error} onRetry={retry} /> : skeleton;
  return (
    <>
      {query.error && <OldData error={query.error} since={query.dataUpdatedAt} onRetry={retry} />}
      {children(query.data)}
    </>
  );
}
