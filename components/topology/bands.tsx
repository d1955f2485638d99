"use client";
import { memo } from "react";
import { STATUS_LOOK } from "#components/nodes/state-badge.tsx";
import { useFigures, useFlow } from "#lib/client/live.tsx";
import { bandPx, type Way } from "#lib/client/topology.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import classes from "./topology.module.css";

type BandProps = { path: string; rate: number; total: number | undefined; tone: string };

/** As wide as its part of all requests; a hairline where nothing flows. */
function Band({ path, rate, total, tone }: BandProps) {
  const widthPx = total ? bandPx(rate / total) : 0;
  return (
    <path
      d={path}
      className={classes.band}
      data-idle={widthPx === 0 || undefined}
      data-tone={tone}
      strokeWidth={widthPx || 1}
    />
  );
}

export const WayBand = memo(function WayBand({ way, path }: { way: Way; path: string }) {
  const rate = useFlow(way.route?.id ?? null, way.pool.id);
  const total = useFigures("all")?.requestsPerSecond;
  return <Band path={path} rate={rate} total={total} tone="good" />;
});

export const NodeBand = memo(function NodeBand({ node, path }: { node: NodeView; path: string }) {
  const rate = useFigures("node", node.id)?.requestsPerSecond ?? 0;
  const total = useFigures("all")?.requestsPerSecond;
  return <Band path={path} rate={rate} total={total} tone={STATUS_LOOK[node.status].tone} />;
});
