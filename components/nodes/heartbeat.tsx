"use client";
import { useTranslations } from "next-intl";
import { memo } from "react";
import { HEARTBEAT_SPAN_MS, HEARTBEAT_SPANS, heartbeat } from "#lib/client/heartbeat.ts";
import { useHasTicks, useReadSeries, useServerNow } from "#lib/client/live.tsx";
import type { NodeView } from "#lib/contracts/views.ts";
import classes from "./heartbeat.module.css";

const STEP = 3;

/** Ten minutes of a node at a glance; drawn when the first figures come, every 10 s, and when its facts change. */
export const Heartbeat = memo(function Heartbeat({ node }: { node: NodeView }) {
  const t = useTranslations("status");
  const readSeries = useReadSeries();
  // The present span is the last one; a fact that changes marks it at once.
  const nowMs = useServerNow(HEARTBEAT_SPAN_MS) + HEARTBEAT_SPAN_MS;
  useHasTicks();
  const beats = heartbeat(node.facts, readSeries("node", node.id), nowMs);
  const count = (beat: string) => beats.filter((other) => other === beat).length;
  const label = t("heartbeat.label", {
    good: count("good"),
    warn: count("warn"),
    bad: count("bad"),
    unknown: count("unknown") + count("off"),
  });
  return (
    <svg className={classes.beats} viewBox={`0 0 ${HEARTBEAT_SPANS * STEP} 14`} role="img" aria-label={label}>
      {beats.map((beat, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a beat is its place
        <rect key={index} x={index * STEP} width={STEP - 1} height="14" rx="0.8" data-beat={beat} />
      ))}
    </svg>
  );
});
