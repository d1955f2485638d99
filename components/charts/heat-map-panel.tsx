"use client";
import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsStringLiteral, useQueryState } from "nuqs";
import { useDeferredValue, useMemo } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { useRange } from "#components/shell/range.tsx";
import { boundsOf, HEAT_FIGURES, type HeatFigure, heatRowsOf } from "#lib/client/heat.ts";
import { heatMapQuery } from "#lib/client/heat-queries.ts";
import type { HeatMap } from "#lib/contracts/heat-map.ts";
import { HeatGrid } from "./heat-grid.tsx";
import { HeatLegend } from "./heat-legend.tsx";
import { HeatTable } from "./heat-table.tsx";

/** Latency or failures of each node of a pool over the range of the page, as a map or, for who reads better, as a table. */
export function HeatMapPanel({ poolId }: { poolId: string }) {
  const t = useTranslations("charts.heat");
  const range = useRange();
  const [figure, setFigure] = useQueryState("heat", parseAsStringLiteral(HEAT_FIGURES).withDefault("latency"));
  const [isTable, setTable] = useQueryState("heatTable", parseAsBoolean.withDefault(false));
  const query = useQuery(heatMapQuery(poolId, range));
  const choice = (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t("figure")}
        value={figure}
        onChange={(value) => void setFigure(value as HeatFigure)}
        data={HEAT_FIGURES.map((value) => ({ value, label: t(`figures.${value}`) }))}
      />
      <Button variant="default" size="compact-xs" aria-pressed={isTable} onClick={() => void setTable(!isTable)}>
        {t("asTable")}
      </Button>
    </>
  );
  return (
    <Panel title={t("title")} hint={t(`unit.${figure}`)} aside={choice}>
      <QueryView query={query}>{(map) => <Drawn map={map} figure={figure} isTable={isTable} />}</QueryView>
    </Panel>
  );
}

function Drawn({ figure, isTable, ...props }: { map: HeatMap; figure: HeatFigure; isTable: boolean }) {
  const t = useTranslations("charts.heat");
  // The map of a large pool is drawn in pieces, between which the page answers.
  const map = useDeferredValue(props.map);
  const rows = useMemo(() => heatRowsOf(map, figure), [map, figure]);
  const bounds = useMemo(() => boundsOf(rows, figure), [rows, figure]);
  if (rows.every((row) => row.values.every((value) => value === null))) return <EmptyState title={t("empty")} />;
  if (isTable) return <HeatTable map={map} rows={rows} figure={figure} />;
  return (
    <>
      <HeatGrid map={map} rows={rows} figure={figure} bounds={bounds} />
      <HeatLegend bounds={bounds} figure={figure} />
    </>
  );
}
