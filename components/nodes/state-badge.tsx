"use client";
import {
  IconAlertTriangleFilled,
  IconBolt,
  IconCircleDashed,
  IconCircleFilled,
  IconCircleHalf2,
  IconDroplet,
  IconDropletOff,
  IconPlugConnectedX,
  IconSnowflake,
  IconSquareFilled,
  IconStairsDown,
  IconTrendingDown,
  IconTrendingUp,
} from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import type { NodeStatus } from "#lib/contracts/runtime.ts";
import classes from "./state-badge.module.css";

export type StateTone = "good" | "warn" | "bad" | "drain" | "off";

/** Red means "act now" and nothing else; what the operator wants is blue or grey. */
export const STATUS_LOOK: Record<NodeStatus, { tone: StateTone; Icon: typeof IconBolt }> = {
  up: { tone: "good", Icon: IconCircleFilled },
  unchecked: { tone: "off", Icon: IconCircleDashed },
  "warming-up": { tone: "warn", Icon: IconCircleHalf2 },
  "going-down": { tone: "warn", Icon: IconTrendingDown },
  "coming-up": { tone: "warn", Icon: IconTrendingUp },
  degraded: { tone: "warn", Icon: IconStairsDown },
  ejected: { tone: "bad", Icon: IconPlugConnectedX },
  cooling: { tone: "warn", Icon: IconSnowflake },
  "breaker-open": { tone: "bad", Icon: IconBolt },
  "breaker-half-open": { tone: "warn", Icon: IconBolt },
  down: { tone: "bad", Icon: IconAlertTriangleFilled },
  draining: { tone: "drain", Icon: IconDroplet },
  drained: { tone: "drain", Icon: IconDropletOff },
  maintenance: { tone: "off", Icon: IconSquareFilled },
};

/** The status of a node: colour, icon and word together. */
export function StateBadge({ status }: { status: NodeStatus }) {
  const t = useTranslations("status");
  const { tone, Icon } = STATUS_LOOK[status];
  return (
    <span className={classes.badge} data-tone={tone} data-status={status}>
      <Icon size={10} aria-hidden="true" />
      {t(`name.${status}`)}
    </span>
  );
}
