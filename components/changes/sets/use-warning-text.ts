"use client";
import { useTranslations } from "next-intl";

/** A warning in the person's language; one that is not known here in the API's words. */
export function useWarningText(): (warning: { code: string; message: string }) => string {
  const t = useTranslations("review.warning");
  return ({ code, message }) => {
    const key = code as "no-nodes";
    return t.has(`code.${key}`) ? t(`code.${key}`) : message;
  };
}
