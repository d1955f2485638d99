"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { WindowedRows } from "#components/data/windowed-rows.tsx";
import { nodeHref } from "#components/nodes/node-row.tsx";
import { MISSING } from "#lib/client/format.ts";
import { probeTruthQuery } from "#lib/client/probe-truth-queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeProbeTruth } from "#lib/contracts/probe-truth.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import classes from "./probe-truth.module.css";
import { Suggestion } from "./suggestion.tsx";
import { VerdictBadge } from "./verdict-badge.tsx";

/** How well the probe of each node of a pool agreed with real traffic, and what to set where it did not. */
export function ProbeTruthPanel({ pool }: { pool: PoolView }) {
  const t = useTranslations("probeTruth");
  const query = useQuery(probeTruthQuery(pool.id));
  const columns: Column[] = [
    { key: "node", label: t("columns.node") },
    { key: "verdict", label: t("columns.verdict") },
    { key: "agreement", label: t("columns.agreement"), isNumber: true },
    { key: "missed", label: t("columns.missed") },
    { key: "falseAlarms", label: t("columns.falseAlarms") },
    { key: "delay", label: t("columns.delay"), isNumber: true },
    { key: "suggestion", label: t("columns.suggestion") },
  ];
  return (
    <Panel flush title={t("title")} term="probeTruth" hint={t("hint")}>
      <QueryView query={query}>
        {({ items }) => {
          const rows = rowsOf(pool, items);
          // Those that come with something to set are higher than the others.
          const [flagged = [], plain = []] = [true, false].map((isFlagged) =>
            rows.filter(({ truth }) => (truth.suggestion !== null) === isFlagged),
          );
          return (
            <DataTable label={t("title")} columns={columns} rowCount={rows.length + 1}>
              {flagged.map((row, at) => (
                <TruthRow key={row.node.id} {...row} rowIndex={at + 2} />
              ))}
              <WindowedRows items={plain} columnCount={columns.length} keyOf={({ node }) => node.id}>
                {(row, rowIndex) => <TruthRow {...row} rowIndex={flagged.length + rowIndex} />}
              </WindowedRows>
            </DataTable>
          );
        }}
      </QueryView>
    </Panel>
  );
}

type Row = { truth: NodeProbeTruth; node: NodeView };

/** Of the nodes that are there still. */
function rowsOf(pool: PoolView, items: readonly NodeProbeTruth[]): Row[] {
  const nodes = new Map(pool.nodes.map((node) => [node.id, node]));
  return items.flatMap((truth) => {
    const node = nodes.get(truth.nodeId);
    return node ? [{ truth, node }] : [];
  });
}

function TruthRow({ truth, node, rowIndex }: Row & { rowIndex: number }) {
  const formats = useFormats();
  const { missed, falseAlarms, detections } = useTruthText(truth);
  return (
    <tr data-probe-of={node.name} aria-rowindex={rowIndex}>
      <td>
        <Link href={nodeHref(node)} className={tableClasses.name}>
          {node.name}
        </Link>
      </td>
      <td>
        <VerdictBadge verdict={truth.verdict} />
      </td>
      <td className={tableClasses.number}>{formats.percent(truth.agreement)}</td>
      <td>{missed}</td>
      <td>{falseAlarms}</td>
      <td className={tableClasses.number}>{detections}</td>
      <td>
        {truth.suggestion ? (
          <Suggestion suggestion={truth.suggestion} />
        ) : (
          <span className={classes.mute}>{MISSING}</span>
        )}
      </td>
    </tr>
  );
}

/** The figures in words, as table and drawer have them. */
export function useTruthText({ missed, falseAlarms, detections }: NodeProbeTruth) {
  const t = useTranslations("probeTruth");
  const formats = useFormats();
  return {
    missed: missed.ms === 0 ? MISSING : t("missed", { time: formats.duration(missed.ms), failures: missed.failures }),
    falseAlarms:
      falseAlarms.count === 0
        ? MISSING
        : t("falseAlarms", { count: falseAlarms.count, time: formats.duration(falseAlarms.ms) }),
    detections: formats.duration(detections.medianMs),
  };
}
