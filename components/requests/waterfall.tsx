"use client";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { nodeHref } from "#components/nodes/node-row.tsx";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { MISSING } from "#lib/client/format.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { RequestAttemptView, RequestDetail } from "#lib/contracts/requests.ts";
import classes from "./requests.module.css";

const PHASES = ["connect", "tls", "write", "firstByte", "body"] as const;

/** Its attempts below each other, each phase as long as it took; in figures beside. */
export function Waterfall({ request }: { request: RequestDetail }) {
  const t = useTranslations("requests");
  const wholeMs = Math.max(request.tookMs, ...request.attempts.map(({ endMs }) => endMs), 0.001);
  const columns: Column[] = [
    { key: "attempt", label: t("columns.attempt") },
    { key: "node", label: t("columns.node") },
    { key: "result", label: t("columns.result") },
    { key: "course", label: t("columns.course") },
    ...PHASES.map((phase) => ({ key: phase, label: t(`phase.${phase}`), isNumber: true })),
    { key: "sum", label: t("columns.sum"), isNumber: true },
  ];
  return (
    <DataTable label={t("attempts")} columns={columns}>
      {request.attempts.map((attempt, at) => (
        <AttemptRow key={at.toString()} attempt={attempt} at={at} poolId={request.poolId} wholeMs={wholeMs} />
      ))}
    </DataTable>
  );
}

type RowProps = { attempt: RequestAttemptView; at: number; poolId: string | null; wholeMs: number };

function AttemptRow({ attempt, at, poolId, wholeMs }: RowProps) {
  const t = useTranslations("requests");
  const formats = useFormats();
  const reasonText = useReasonText();
  const { nodeId, nodeName, kind, reused, phases, counts, cause, status } = attempt;
  const figure = (ms: number | null) => (ms === null ? MISSING : formats.ms(ms));
  return (
    <tr data-attempt={at}>
      <td>
        {at + 1}. {t(`kind.${kind}`)}
      </td>
      <td>
        {nodeName === null || poolId === null ? (
          (nodeName ?? t("gone"))
        ) : (
          <Link className={tableClasses.name} href={nodeHref({ id: nodeId, poolId })}>
            {nodeName}
          </Link>
        )}
      </td>
      <td>
        <span className={counts === "failure" ? tableClasses.bad : undefined}>
          {status === null || cause !== "ok" ? reasonText(cause) : t("status", { status })}
        </span>
      </td>
      <td>
        <Course attempt={attempt} wholeMs={wholeMs} />
      </td>
      <td className={tableClasses.number}>{reused ? t("reused") : figure(phases.connect)}</td>
      <td className={tableClasses.number}>{figure(phases.tls)}</td>
      <td className={tableClasses.number}>{figure(phases.write)}</td>
      <td className={tableClasses.number}>{figure(phases.firstByte)}</td>
      <td className={tableClasses.number}>{figure(phases.body)}</td>
      <td className={tableClasses.number}>{formats.ms(attempt.endMs - attempt.startMs)}</td>
    </tr>
  );
}

/** A picture of what the columns beside it say. */
function Course({ attempt, wholeMs }: Pick<RowProps, "attempt" | "wholeMs">) {
  const t = useTranslations("requests");
  const part = (ms: number) => `${(ms / wholeMs) * 100}%`;
  return (
    <div className={classes.course} aria-hidden="true">
      <span style={{ width: part(attempt.startMs) }} />
      {PHASES.map((phase) => {
        const ms = attempt.phases[phase];
        return ms === null ? null : (
          <span
            key={phase}
            className={classes.phase}
            data-phase={phase}
            title={t(`phase.${phase}`)}
            style={{ width: part(ms) }}
          />
        );
      })}
    </div>
  );
}
