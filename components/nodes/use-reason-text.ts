"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { useFormats } from "#lib/client/use-formats.ts";
import { reasonText } from "#lib/i18n/reason-text.ts";

/** Makes words of a reason code in the chosen language. */
export function useReasonText(): (code: string) => string {
  const t = useTranslations("status");
  const formats = useFormats();
  return useCallback((code: string) => reasonText(t, formats.percent, code), [t, formats]);
}
