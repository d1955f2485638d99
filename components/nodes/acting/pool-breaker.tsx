"use client";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import type { PoolView } from "#lib/contracts/views.ts";
import { FactValue } from "../fact-list.tsx";
import { useNodeFacts } from "../node-facts.tsx";
import { nodeHref } from "../node-row.tsx";
import { BreakerButtons, Left } from "./breaker-panel.tsx";
import { BreakerPicture } from "./breaker-picture.tsx";

/** The breakers of a pool: the picture of their states with how many nodes are in each, and every node's by itself. */
export function PoolBreaker({ pool }: { pool: PoolView }) {
  const t = useTranslations("nodes.breaker");
  const table = useTranslations("status.table");
  const counts = { closed: 0, open: 0, "half-open": 0 };
  for (const { facts } of pool.nodes) counts[facts.breaker.state] += 1;
  if (!pool.breaker.enabled)
    return (
      <Panel title={t("titleOfPool")}>
        <EmptyState title={t("off")} text={t("offHelp")} />
      </Panel>
    );
  return (
    <>
      <Panel title={t("titleOfPool")} hint={t("hint")}>
        <BreakerPicture settings={pool.breaker} counts={counts} isOfPool />
      </Panel>
      {pool.nodes.length > 0 && (
        <Panel flush>
          <DataTable
            label={t("titleOfPool")}
            columns={[
              { key: "node", label: table("node") },
              { key: "state", label: t("stateNow") },
              { key: "left", label: t("opensFor") },
              { key: "actions", label: table("actions"), isNumber: true },
            ]}
          >
            {pool.nodes.map((node) => (
              <BreakerRow key={node.id} node={node} pool={pool} />
            ))}
          </DataTable>
        </Panel>
      )}
    </>
  );
}

function BreakerRow({ node, pool }: { node: PoolView["nodes"][number]; pool: PoolView }) {
  const fact = useNodeFacts(node, pool).find(({ key }) => key === "breaker");
  return (
    <tr data-node={node.name}>
      <td>
        <Link href={nodeHref(node)} className={tableClasses.name}>
          {node.name}
        </Link>
      </td>
      <td>{fact && <FactValue fact={fact} />}</td>
      <td className={tableClasses.mute}>
        <Left node={node} />
      </td>
      <td className={tableClasses.number}>
        <BreakerButtons node={node} pool={pool} />
      </td>
    </tr>
  );
}
