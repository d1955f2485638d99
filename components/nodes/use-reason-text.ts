"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { useFormats } from "#lib/client/use-formats.ts";

/** Makes words of a reason code: `connect-refused`, `status-503`, `step-2-of-5`; an unknown code is shown as it is. */
export function useReasonText(): (code: string) => string {
  const t = useTranslations("status");
  const formats = useFormats();
  return useCallback(
    (code: string) => {
      const [, status] = /^status-(\d{3})$/.exec(code) ?? [];
      if (status) return t("reason.status", { status });
      const [, step, steps] = /^step-(\d+)-of-(\d+)$/.exec(code) ?? [];
      if (step && steps) return t("reason.step", { step, steps });
      const [, verdict, count, total] = /^(failed|passed)-(\d+)-of-(\d+)$/.exec(code) ?? [];
      if (verdict && count && total) return t(`reason.${verdict as "failed" | "passed"}`, { count, total });
      const [, percent] = /^at-(\d+)-percent$/.exec(code) ?? [];
      if (percent) return t("reason.percent", { percent: formats.percent(Number(percent) / 100) });
      const key = `reason.${code}` as Parameters<typeof t.has>[0];
      return t.has(key) ? t(key) : code;
    },
    [t, formats],
  );
}
