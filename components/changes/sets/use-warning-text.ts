"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";

/** A warning in the person's language; one that is not known here in the API's words. */
export function useWarningText(): (warning: { code: string; message: string }) => string {
  const t = useTranslations("review.warning");
  return useCallback(
    ({ code, message }) => {
      const key = code as "no-nodes";
      return t.has(`code.${key}`) ? t(`code.${key}`) : message;
    },
    [t],
  );
}
