"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { memo } from "react";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { Sparkline } from "#components/data/sparkline.tsx";
import { LOW_SUCCESS_RATIO } from "#components/nodes/node-row.tsx";
import { StagedMark } from "#components/staging/staged-mark.tsx";
import { useFigures, useIsStale, useSeries } from "#lib/client/live.tsx";
import { isUsable } from "#lib/client/usable.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { PoolStates } from "./pool-states.tsx";
import classes from "./pools.module.css";

/** Pools in the order they were made in: rows never move by themselves. */
export function PoolsTable({ pools }: { pools: readonly PoolView[] }) {
  const t = useTranslations("pools.table");
  const columns = [
    { key: "pool", label: t("pool") },
    { key: "algorithm", label: t("algorithm") },
    { key: "nodes", label: t("nodes") },
    { key: "rate", label: t("rate"), isNumber: true },
    { key: "success", label: t("success"), isNumber: true },
    { key: "p50", label: t("p50"), isNumber: true },
    { key: "p99", label: t("p99"), isNumber: true },
    { key: "queued", label: t("queued"), isNumber: true },
    { key: "course", label: t("course"), isNumber: true },
  ];
  return (
    <DataTable label={t("label")} columns={columns}>
      {pools.map((pool) => (
        <PoolRow key={pool.id} pool={pool} />
      ))}
    </DataTable>
  );
}

const PoolRow = memo(function PoolRow({ pool }: { pool: PoolView }) {
  const t = useTranslations("pools");
  const isStale = useIsStale();
  const usable = pool.nodes.filter(isUsable).length;
  const total = pool.nodes.length;
  return (
    <tr data-pool={pool.name} className={classes.row} data-stale={isStale || undefined}>
      <td>
        <Link href={`/pools/${pool.id}` as Route} className={tableClasses.name}>
          {pool.name}
        </Link>
        {pool.isDefault && <span className={classes.tag}>{t("table.default")}</span>}
        <StagedMark entityId={pool.id} />
      </td>
      <td className={tableClasses.mute}>{t(`algorithm.${pool.algorithm}`)}</td>
      <td>
        <span className={classes.usable} data-tone={total > 0 && usable === 0 ? "bad" : undefined}>
          {total === 0 ? t("table.noNodes") : t("table.usable", { usable, total })}
        </span>
        <PoolStates nodes={pool.nodes} />
      </td>
      <PoolFigures poolId={pool.id} />
    </tr>
  );
});

function PoolFigures({ poolId }: { poolId: string }) {
  const formats = useFormats();
  const figures = useFigures("pool", poolId);
  const success = figures?.successRatio ?? null;
  const isLow = success !== null && success < LOW_SUCCESS_RATIO;
  return (
    <>
      <td className={tableClasses.number}>{formats.rate(figures?.requestsPerSecond)}</td>
      <td className={`${tableClasses.number} ${isLow ? tableClasses.warn : ""}`}>{formats.success(success)}</td>
      <td className={tableClasses.number}>{formats.ms(figures?.p50Ms)}</td>
      <td className={tableClasses.number}>{formats.ms(figures?.p99Ms)}</td>
      <td className={tableClasses.number}>{formats.integer(figures?.queued)}</td>
      <td className={tableClasses.number}>
        <PoolCourse poolId={poolId} />
      </td>
    </>
  );
}

function PoolCourse({ poolId }: { poolId: string }) {
  const series = useSeries("pool", poolId);
  return (
    <span className={classes.course}>
      <Sparkline values={series.map((point) => point.figures.requestsPerSecond)} tone="p50" />
    </span>
  );
}
