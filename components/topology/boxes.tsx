"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { memo } from "react";
import { Link } from "#components/data/link.tsx";
import { ShareBar } from "#components/data/share-bar.tsx";
import { LOW_SUCCESS_RATIO, nodeHref } from "#components/nodes/node-row.tsx";
import { StateBadge } from "#components/nodes/state-badge.tsx";
import { useFigures, useFlow } from "#lib/client/live.tsx";
import type { Way } from "#lib/client/topology.ts";
import { isUsable } from "#lib/client/usable.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import classes from "./topology.module.css";

/** Where it stands in the drawing; in the list it stands where it comes. */
type Place = { style?: React.CSSProperties };

/** A route into a pool, or everything that no route matches. */
export const WayBox = memo(function WayBox({ way: { route, pool }, style }: Place & { way: Way }) {
  const t = useTranslations("topology");
  const formats = useFormats();
  const rate = useFlow(route?.id ?? null, pool.id);
  const total = useFigures("all")?.requestsPerSecond;
  const share = total ? rate / total : null;
  return (
    <Link href={"/routes" as Route} className={classes.box} style={style} data-kind="way">
      <span className={classes.name}>{route ? route.name || routeName(route) : t("rest")}</span>
      <span className={classes.figures}>{t("way", { rate: formats.rate(rate), share: formats.percent(share) })}</span>
    </Link>
  );
});

export const PoolBox = memo(function PoolBox({ pool, style }: Place & { pool: PoolView }) {
  const t = useTranslations("topology");
  const formats = useFormats();
  const figures = useFigures("pool", pool.id);
  const success = figures?.successRatio ?? null;
  const usable = pool.nodes.filter(isUsable).length;
  return (
    <Link href={`/pools/${pool.id}` as Route} className={classes.box} style={style} data-kind="pool">
      <span className={classes.name}>{pool.name}</span>
      <span className={classes.figures}>
        {t("poolFigures", { rate: formats.rate(figures?.requestsPerSecond), usable, count: pool.nodes.length })}{" "}
        <span data-low={(success !== null && success < LOW_SUCCESS_RATIO) || undefined}>
          {formats.success(success)}
        </span>
      </span>
    </Link>
  );
});

export const NodeBox = memo(function NodeBox({ node, style }: Place & { node: NodeView }) {
  const t = useTranslations("topology");
  const formats = useFormats();
  const figures = useFigures("node", node.id);
  const share = figures?.share ?? null;
  return (
    <Link href={nodeHref(node)} className={classes.box} style={style} data-kind="node" data-node={node.name}>
      <span className={classes.head}>
        <span className={classes.name}>{node.name}</span> <StateBadge status={node.status} />
      </span>
      <span className={classes.figures}>
        <ShareBar ratio={share ?? 0} />{" "}
        {t("nodeFigures", { rate: formats.rate(figures?.requestsPerSecond), share: formats.percent(share) })}
      </span>
    </Link>
  );
});

/** The nodes for which there is no room: they are in a better state than those that are drawn. */
export function MoreBox({ poolId, count, style }: Place & { poolId: string; count: number }) {
  const t = useTranslations("topology");
  return (
    <Link href={`/pools/${poolId}` as Route} className={classes.box} style={style} data-kind="more">
      {t("more", { count })}
    </Link>
  );
}
