"use client";
import { Button, Select } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Time } from "#components/data/time.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import { backTestRule } from "#lib/client/alerting.ts";
import { ALERT_METRICS, isAlertMetric } from "#lib/contracts/alert-metrics.ts";
import type { BackTest } from "#lib/contracts/alert-rules-api.ts";
import type { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import { figureText, spanText } from "#lib/i18n/alert-text.ts";
import classes from "./back-test.module.css";
import { BackTestStrip } from "./back-test-strip.tsx";

const HOUR_MS = 3_600_000;
const RANGES = { "6": 6 * HOUR_MS, "24": 24 * HOUR_MS, "168": 168 * HOUR_MS, "720": 720 * HOUR_MS } as const;
type Range = keyof typeof RANGES;
const SHOWN = 20;

/** What the rule would have done, before anybody is told by it. */
export function BackTestPanel({ rule }: { rule: AlertRule }) {
  const t = useTranslations("rules.backTest");
  const [range, setRange] = useState<Range>("168");
  const test = useMutation({ mutationFn: () => backTestRule(rule, RANGES[range]) });
  return (
    <section className={classes.panel} aria-label={t("title")}>
      <div className={classes.head}>
        <Select
          size="xs"
          aria-label={t("range")}
          allowDeselect={false}
          value={range}
          data={(Object.keys(RANGES) as Range[]).map((value) => ({ value, label: t(`ranges.${value}`) }))}
          onChange={(value) => setRange((value as Range) ?? "168")}
        />
        <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t("button")}
        </Button>
      </div>
      <FormProblem error={test.error} />
      <div aria-live="polite">{test.data && <Outcome result={test.data} />}</div>
    </section>
  );
}

function Outcome({ result }: { result: BackTest }) {
  const t = useTranslations("rules.backTest");
  const locale = useLocale();
  const { firings, count, notes, resolution, series } = result;
  const unit = series && isAlertMetric(series.metric) ? ALERT_METRICS[series.metric].unit : null;
  const figure = (value: number | null) => (value === null || unit === null ? "" : figureText(locale, unit, value));
  return (
    <>
      <p className={classes.verdict}>{resolution === null ? t("none") : t("count", { count })}</p>
      {resolution !== null && <BackTestStrip result={result} />}
      {firings.length > 0 && (
        <ol className={classes.list}>
          {firings.slice(0, SHOWN).map((firing) => (
            <li key={`${firing.subjectId} ${firing.firedMs}`}>
              <Time at={new Date(firing.firedMs).toISOString()} /> · <b>{firing.subjectName}</b>{" "}
              {firing.resolvedMs === null ? t("still") : spanText(firing.resolvedMs - firing.firedMs)}{" "}
              {figure(firing.value)}
            </li>
          ))}
        </ol>
      )}
      {count > SHOWN && <p className={classes.note}>{t("more", { count: count - SHOWN })}</p>}
      {notes.map((note) => (
        <p key={note} className={classes.note}>
          {t(`note.${note}`)}
        </p>
      ))}
      {resolution !== null && <p className={classes.note}>{t(`resolution.${resolution}`)}</p>}
    </>
  );
}
