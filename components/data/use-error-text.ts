"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { ApiError } from "#lib/client/api.ts";

/** Makes the text of an error for people, in their language where its code is known. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations("errors");
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof ApiError)) return t("failed");
      const key = `code.${error.code}` as Parameters<typeof t.has>[0];
      return t.has(key) ? t(key) : error.message;
    },
    [t],
  );
}
