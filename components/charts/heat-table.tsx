"use client";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { nodeHref } from "#components/nodes/node-row.tsx";
import type { HeatFigure, HeatRow } from "#lib/client/heat.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { HeatMap } from "#lib/contracts/heat-map.ts";
import { useHeatFormat } from "./use-heat-format.ts";

/** The same values as a heat map has, to be read one by one. */
export function HeatTable({ map, rows, figure }: { map: HeatMap; rows: readonly HeatRow[]; figure: HeatFigure }) {
  const t = useTranslations("charts.heat");
  const formats = useFormats();
  const format = useHeatFormat(figure);
  const times = Array.from({ length: (map.toMs - map.fromMs) / map.stepMs }, (_, at) => map.fromMs + at * map.stepMs);
  const columns = [
    { key: "node", label: t("node") },
    ...times.map((atMs) => ({ key: String(atMs), label: formats.time(atMs), isNumber: true })),
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {rows.map(({ nodeId, name, values }) => (
        <tr key={nodeId}>
          <td>
            <Link href={nodeHref({ id: nodeId, poolId: map.poolId })} className={tableClasses.name}>
              {name}
            </Link>
          </td>
          {times.map((atMs, at) => (
            <td key={atMs} className={tableClasses.number}>
              {format(values[at] ?? null)}
            </td>
          ))}
        </tr>
      ))}
    </DataTable>
  );
}
