"use client";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { FactValue } from "./fact-list.tsx";
import { useNodeFacts } from "./node-facts.tsx";
import { nodeHref } from "./node-row.tsx";

const KEYS = [
  "admin",
  "health",
  "probe",
  "ejection",
  "breaker",
  "cooling",
  "warmUp",
  "weight",
  "quota",
  "name",
] as const;

/** The facts of every node of a pool beside each other. */
export function FactsTable({ pool }: { pool: PoolView }) {
  const t = useTranslations("nodes.fact");
  const table = useTranslations("status.table");
  const columns = [{ key: "node", label: table("node") }, ...KEYS.map((key) => ({ key, label: t(key) }))];
  return (
    <DataTable label={table("label")} columns={columns}>
      {pool.nodes.map((node) => (
        <FactsRow key={node.id} node={node} pool={pool} />
      ))}
    </DataTable>
  );
}

function FactsRow({ node, pool }: { node: NodeView; pool: PoolView }) {
  return (
    <tr>
      <td>
        <Link href={nodeHref(node)} className={tableClasses.name}>
          {node.name}
        </Link>
      </td>
      {useNodeFacts(node, pool).map((fact) => (
        <td key={fact.key}>
          <FactValue fact={fact} />
        </td>
      ))}
    </tr>
  );
}
