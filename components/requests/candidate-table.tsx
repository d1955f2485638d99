"use client";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Panel } from "#components/data/panel.tsx";
import { MISSING } from "#lib/client/format.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { RequestDetail, RequestPickView } from "#lib/contracts/requests.ts";
import classes from "./requests.module.css";

type Props = { pick: RequestPickView; request: RequestDetail };

/** The nodes of the pool at one moment of the request: which could have had it, by which terms, and why others could not. */
export function CandidateTable({ pick, request }: Props) {
  const t = useTranslations("requests");
  const formats = useFormats();
  const columns: Column[] = [
    { key: "node", label: t("columns.node") },
    { key: "may", label: t("columns.may") },
    ...(["weight", "factor", "share", "inFlight", "latency", "score"] as const).map((key) => ({
      key,
      label: t(`columns.${key}`),
      isNumber: true,
    })),
  ];
  // Who had been asked before is passed over, whatever else speaks for it.
  const tried = new Set(
    request.attempts.slice(0, pick.when === "failed" ? pick.attempt + 1 : pick.attempt).map(({ nodeId }) => nodeId),
  );
  const chosen = pick.when === "picked" ? request.attempts[pick.attempt]?.nodeId : undefined;
  const title = t(`pick.${pick.when}`, { attempt: pick.attempt + 1 });
  return (
    <Panel
      flush
      title={title}
      hint={t("seenAt", { ms: formats.msUnit(pick.atMs) })}
      aside={pick.mode === "normal" ? undefined : t(`mode.${pick.mode}`)}
    >
      <DataTable label={title} columns={columns}>
        {pick.candidates.map((one) => (
          <tr
            key={one.nodeId}
            data-candidate={one.nodeName ?? one.nodeId}
            data-chosen={one.nodeId === chosen || undefined}
          >
            <td>
              <b>{one.nodeName ?? t("gone")}</b>
            </td>
            <td>
              {one.nodeId === chosen ? t("chosen") : tried.has(one.nodeId) ? t("tried") : t(`reason.${one.reason}`)}
            </td>
            <td className={tableClasses.number}>{formats.decimal(one.weight)}</td>
            <td className={tableClasses.number}>{formats.percent(one.warmUp * one.adjustment)}</td>
            <td className={tableClasses.number}>{formats.percent(one.share)}</td>
            <td className={tableClasses.number}>{formats.integer(one.inFlight)}</td>
            <td className={tableClasses.number}>{one.latencyMs === null ? MISSING : formats.ms(one.latencyMs)}</td>
            <td className={tableClasses.number}>{one.score === null ? MISSING : formats.decimal(one.score)}</td>
          </tr>
        ))}
      </DataTable>
      {pick.more > 0 && <p className={classes.more}>{t("more", { count: pick.more })}</p>}
    </Panel>
  );
}
