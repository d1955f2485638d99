// Words for the codes of reasons: `connect-refused`, `status-503`, `step-2-of-5`. For the dashboard and for notifications.
import type { _Translator as Translator } from "use-intl/core";
import type { Messages } from "./messages/index.ts";

type StatusText = Translator<Messages, "status">;

/** @param percent words for a share from 0 to 1. An unknown code is shown as it is. */
export function reasonText(t: StatusText, percent: (share: number) => string, code: string): string {
  const [, status] = /^status-(\d{3})$/.exec(code) ?? [];
  if (status) return t("reason.status", { status });
  const [, step, steps] = /^step-(\d+)-of-(\d+)$/.exec(code) ?? [];
  if (step && steps) return t("reason.step", { step, steps });
  const [, verdict, count, total] = /^(failed|passed)-(\d+)-of-(\d+)$/.exec(code) ?? [];
  if (verdict && count && total) return t(`reason.${verdict as "failed" | "passed"}`, { count, total });
  const [, share] = /^at-(\d+)-percent$/.exec(code) ?? [];
  if (share) return t("reason.percent", { percent: percent(Number(share) / 100) });
  const [, measure, ms, errors] = /^(mean|p50|p99)-(\d+)-ms-errors-([\d.]+)-percent$/.exec(code) ?? [];
  if (measure && ms && errors) {
    const told = { measure: t(`measure.${measure as "mean"}`), ms, percent: percent(Number(errors) / 100) };
    return t("reason.measured", told);
  }
  const [, weight, meanMs, failed] = /^weight-([a-z-]+?)(?:-([\d.]+)-ms)?-errors-([\d.]+)-percent$/.exec(code) ?? [];
  if (weight && failed) {
    const told = { why: t(`reason.weight-${weight as "steady"}`), percent: percent(Number(failed) / 100) };
    return meanMs ? t("reason.weight-timed", { ...told, ms: meanMs }) : t("reason.weight", told);
  }
  const [, admin, by] = /^(ready|drain|maintenance) by (.+)$/.exec(code) ?? [];
  if (admin && by) return t(`reason.admin-${admin as "ready"}`, { by });
  const key = `reason.${code}` as Parameters<typeof t.has>[0];
  return t.has(key) ? t(key) : code;
}
