"use client";
import { useTranslations } from "next-intl";
import { memo } from "react";
import { Sparkline } from "#components/data/sparkline.tsx";
import { HEARTBEAT_SPAN_MS } from "#lib/client/heartbeat.ts";
import { useHasTicks, useReadSeries, useServerNow } from "#lib/client/live.tsx";
import { valuesOf } from "#lib/client/live-summary.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import classes from "./node-spark.module.css";

/** The course of a node's P99 over five minutes. Drawn when the first figures come and every 10 s, not with every figure. */
export const NodeSpark = memo(function NodeSpark({ nodeId }: { nodeId: string }) {
  const t = useTranslations("status.spark");
  const formats = useFormats();
  const readSeries = useReadSeries();
  useServerNow(HEARTBEAT_SPAN_MS);
  useHasTicks();
  const values = valuesOf(readSeries("node", nodeId), "p99Ms");
  const known = values.filter((value) => value !== null);
  const label =
    known.length === 0
      ? t("none")
      : t("label", {
          low: formats.msUnit(Math.min(...known)),
          high: formats.msUnit(Math.max(...known)),
          last: formats.msUnit(known.at(-1)),
        });
  return (
    <span className={classes.spark} role="img" aria-label={label} title={label}>
      <Sparkline values={values} tone="p99" />
    </span>
  );
});
