"use client";
import { useTranslations } from "next-intl";
import { memo } from "react";
import { type Beat, HEARTBEAT_SPAN_MS, HEARTBEAT_SPANS, heartbeat } from "#lib/client/heartbeat.ts";
import { useHasTicks, useReadSeries, useServerNow } from "#lib/client/live.tsx";
import type { NodeView } from "#lib/contracts/views.ts";
import classes from "./heartbeat.module.css";

const STEP = 3;
const BEATS = ["good", "warn", "bad", "off", "unknown"] as const satisfies readonly Beat[];

/** All beats of a kind as one shape: sixty of their own in each row of a large fleet are slow to draw. */
const pathOf = (beats: readonly Beat[], kind: Beat): string =>
  beats.map((beat, index) => (beat === kind ? `M${index * STEP} 0h${STEP - 1}v14h${1 - STEP}z` : "")).join("");

/** Ten minutes of a node at a glance; drawn when the first figures come, every 10 s, and when its facts change. */
export const Heartbeat = memo(function Heartbeat({ node }: { node: NodeView }) {
  const t = useTranslations("status");
  const readSeries = useReadSeries();
  // The present span is the last one; a fact that changes marks it at once.
  const nowMs = useServerNow(HEARTBEAT_SPAN_MS) + HEARTBEAT_SPAN_MS;
  useHasTicks();
  const beats = heartbeat(node.facts, readSeries("node", node.id), nowMs);
  const count = (beat: Beat) => beats.filter((other) => other === beat).length;
  const label = t("heartbeat.label", {
    good: count("good"),
    warn: count("warn"),
    bad: count("bad"),
    unknown: count("unknown") + count("off"),
  });
  return (
    <svg className={classes.beats} viewBox={`0 0 ${HEARTBEAT_SPANS * STEP} 14`} role="img" aria-label={label}>
      {BEATS.filter((beat) => count(beat) > 0).map((beat) => (
        <path key={beat} data-beat={beat} d={pathOf(beats, beat)} />
      ))}
    </svg>
  );
});
