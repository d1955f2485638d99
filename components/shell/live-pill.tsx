"use client";
import { VisuallyHidden } from "@mantine/core";
import { useTranslations } from "next-intl";
import { type LiveStatus, useLiveStatus } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import classes from "./live-pill.module.css";

type PillState = "live" | "stale" | "polling" | "connecting" | "noData";

function pillState({ connection, ageMs, isStale }: LiveStatus): PillState {
  if (connection === "connecting") return "connecting";
  if (ageMs === null) return "noData";
  if (connection === "polling") return "polling";
  return isStale ? "stale" : "live";
}
const EXPLAINED = { live: "live", stale: "stale", noData: "stale", connecting: "stale", polling: "polling" } as const;

/** Says whether what is on screen is current, and how old it is when it is not. */
export function LivePill() {
  const t = useTranslations("shell");
  const formats = useFormats();
  const status = useLiveStatus();
  const state = pillState(status);
  const age = formats.duration(Math.floor((status.ageMs ?? 0) / 1_000) * 1_000);
  return (
    <span className={classes.pill} data-state={state} title={t(`live.explain.${EXPLAINED[state]}`)}>
      <i className={classes.dot} aria-hidden="true" />
      <span aria-hidden="true">{t(`live.${state}`, { age })}</span>
      {/* Announced when the state changes, not every second as the age grows. */}
      <VisuallyHidden role="status">{t(`live.explain.${EXPLAINED[state]}`)}</VisuallyHidden>
    </span>
  );
}
