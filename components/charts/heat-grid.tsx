"use client";
import { useElementSize } from "@mantine/hooks";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, memo, type PointerEvent, useState } from "react";
import { type HeatBounds, type HeatFigure, type HeatRow, HEAT_ROW_PX as ROW_PX } from "#lib/client/heat.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { HeatMap } from "#lib/contracts/heat-map.ts";
import { HeatCanvas } from "./heat-canvas.tsx";
import classes from "./heat-map.module.css";
import { useHeatFormat } from "./use-heat-format.ts";

/** A cell is looked at with as much around it as people need to see what came before and after. */
const AROUND = { steps: 10, leastMs: 300_000 };

type Props = { map: HeatMap; rows: readonly HeatRow[]; figure: HeatFigure; bounds: HeatBounds };
type Cell = { row: number; column: number };

/** The cells, painted; a cell that is pointed at, or reached by arrow keys, is read out, and leads to its node at its time. */
export const HeatGrid = memo(function HeatGrid({ map, rows, figure, bounds }: Props) {
  const t = useTranslations("charts.heat");
  const formats = useFormats();
  const format = useHeatFormat(figure);
  const router = useRouter();
  const { ref, width } = useElementSize();
  const [cell, setCell] = useState<Cell | null>(null);
  const columns = Math.max(1, (map.toMs - map.fromMs) / map.stepMs);
  const clamp = ({ row, column }: Cell): Cell => ({
    row: Math.min(rows.length - 1, Math.max(0, row)),
    column: Math.min(columns - 1, Math.max(0, column)),
  });
  const row = cell && rows[cell.row];
  const fromMs = map.fromMs + (cell?.column ?? 0) * map.stepMs;
  const words =
    cell && row
      ? t("cell", {
          node: row.name,
          time: formats.span(fromMs, fromMs + map.stepMs),
          value: row.values[cell.column] === null ? t("none") : format(row.values[cell.column] ?? null),
        })
      : t("read");

  const open = () => {
    if (!row) return;
    const aroundMs = Math.max(AROUND.leastMs, AROUND.steps * map.stepMs) / 2;
    const [from, to] = [fromMs - aroundMs, fromMs + map.stepMs + aroundMs].map((atMs) => new Date(atMs).toISOString());
    const search = new URLSearchParams({ tab: "traffic", node: row.nodeId, from: from ?? "", to: to ?? "" });
    router.push(`/pools/${map.poolId}?${search}` as Route);
  };
  const place = (event: PointerEvent<HTMLElement>): Cell => {
    const box = event.currentTarget.getBoundingClientRect();
    return clamp({
      row: Math.floor((event.clientY - box.top) / ROW_PX),
      column: Math.floor(((event.clientX - box.left) / box.width) * columns),
    });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const here = cell ?? { row: 0, column: columns };
    const next: Record<string, Cell> = {
      ArrowLeft: { ...here, column: here.column - 1 },
      ArrowRight: { ...here, column: here.column + 1 },
      ArrowUp: { ...here, row: here.row - 1 },
      ArrowDown: { ...here, row: here.row + (cell ? 1 : 0) },
      Home: { ...here, column: 0 },
      End: { ...here, column: columns - 1 },
    };
    const to = next[event.key];
    if (to) setCell(clamp(to));
    else if (event.key === "Enter") open();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <section className={classes.scroll} aria-label={t("title")}>
        <div className={classes.map}>
          <ul className={classes.names} aria-hidden="true">
            {rows.map(({ nodeId, name }, index) => (
              <li key={nodeId} data-current={index === cell?.row || undefined} title={name}>
                {name}
              </li>
            ))}
          </ul>
          <div
            ref={ref}
            className={classes.cells}
            role="application"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: cells that are painted are reached by arrow keys, as one thing
            tabIndex={0}
            aria-label={t("cells")}
            aria-describedby="heat-keys"
            style={{ height: rows.length * ROW_PX }}
            onPointerMove={(event) => setCell(place(event))}
            onPointerLeave={() => setCell(null)}
            onBlur={() => setCell(null)}
            onClick={open}
            onKeyDown={onKeyDown}
          >
            {width > 0 && <HeatCanvas rows={rows} columns={columns} bounds={bounds} width={width} />}
            {cell && (
              <i
                className={classes.cursor}
                style={{
                  left: `${(cell.column / columns) * 100}%`,
                  top: cell.row * ROW_PX,
                  width: `${100 / columns}%`,
                  height: ROW_PX,
                }}
              />
            )}
          </div>
        </div>
      </section>
      <div className={classes.foot}>
        <span>{formats.dateTime(map.fromMs)}</span>
        <output className={classes.read} aria-live="polite">
          {words}
        </output>
        <span>{formats.dateTime(map.toMs)}</span>
      </div>
      <p id="heat-keys" className={classes.keys}>
        {t("keys")}
      </p>
    </>
  );
});
