"use client";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { poolsQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { StagedMark } from "./staged-mark.tsx";
import { useStagedPools } from "./use-change-set.ts";

/** Pools that only the active change set has. */
export function StagedPools() {
  const t = useTranslations("staging");
  const table = useTranslations("pools.table");
  const pools = useTranslations("pools");
  const formats = useFormats();
  const inForce = useQuery(poolsQuery).data;
  const staged = useStagedPools();
  if (!inForce || !staged) return null;
  const known = new Set(inForce.map(({ id }) => id));
  const added = staged.filter(({ id }) => !known.has(id));
  if (added.length === 0) return null;
  const columns = [
    { key: "pool", label: table("pool") },
    { key: "algorithm", label: table("algorithm") },
    { key: "nodes", label: table("nodes"), isNumber: true },
  ];
  return (
    <Panel flush title={t("addedPools")} hint={t("notInForce")}>
      <DataTable label={t("addedPools")} columns={columns}>
        {added.map((pool) => (
          <tr key={pool.id} data-staged-pool={pool.name}>
            <td>
              <Link className={tableClasses.name} href={`/pools/${pool.id}` as Route}>
                {pool.name}
              </Link>
              <StagedMark entityId={pool.id} />
            </td>
            <td className={tableClasses.mute}>{pools(`algorithm.${pool.algorithm}`)}</td>
            <td className={tableClasses.number}>{formats.integer(pool.nodes.length)}</td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  );
}
