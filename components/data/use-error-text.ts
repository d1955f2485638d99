"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { ApiError } from "#lib/client/api.ts";

/** Makes the text of a code of the API, in the person's language where it is known there. */
export function useCodeText(): (code: string, otherwise: string) => string {
  const t = useTranslations("errors");
  return useCallback(
    (code: string, otherwise: string) => {
      const key = `code.${code as "network"}` as const;
      return t.has(key) ? t(key) : otherwise;
    },
    [t],
  );
}

/** Makes the text of an error for people, in their language where its code is known. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations("errors");
  const codeText = useCodeText();
  return useCallback(
    (error: unknown) => (error instanceof ApiError ? codeText(error.code, error.message) : t("failed")),
    [t, codeText],
  );
}
