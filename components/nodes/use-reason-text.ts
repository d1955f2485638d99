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
      const [, measure, ms, errors] = /^(mean|p50|p99)-(\d+)-ms-errors-([\d.]+)-percent$/.exec(code) ?? [];
      if (measure && ms && errors) {
        const told = { measure: t(`measure.${measure as "mean"}`), ms, percent: formats.percent(Number(errors) / 100) };
        return t("reason.measured", told);
      }
      const [, weight, meanMs, failed] =
        /^weight-([a-z-]+?)(?:-([\d.]+)-ms)?-errors-([\d.]+)-percent$/.exec(code) ?? [];
      if (weight && failed) {
        const told = { why: t(`reason.weight-${weight as "steady"}`), percent: formats.percent(Number(failed) / 100) };
        return meanMs ? t("reason.weight-timed", { ...told, ms: meanMs }) : t("reason.weight", told);
      }
      const key = `reason.${code}` as Parameters<typeof t.has>[0];
      return t.has(key) ? t(key) : code;
    },
    [t, formats],
  );
}
