"use client";
import { IconAlertTriangleFilled, IconCircleFilled } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { Time } from "#components/data/time.tsx";
import { MISSING } from "#lib/client/format.ts";
import type { WorkerView } from "#lib/contracts/views.ts";
import classes from "./system.module.css";

function RevisionCell({ worker, revision }: { worker: WorkerView; revision: number | null }) {
  const t = useTranslations("system");
  const isInStep = worker.revision === revision;
  const refused = worker.refusedRevision;
  return (
    <>
      {worker.revision ?? MISSING}{" "}
      <span className={isInStep ? tableClasses.mute : tableClasses.warn}>
        {isInStep ? t("stepYes") : t("stepNo", { revision: revision ?? MISSING })}
      </span>
      {refused !== null && (
        <span className={tableClasses.bad}>
          {" "}
          {t("refused", { revision: refused, reason: worker.refusal ?? MISSING })}
        </span>
      )}
    </>
  );
}

/** Workers with their revision; `revision` is the one in force. */
export function WorkerTable({ workers, revision }: { workers: readonly WorkerView[]; revision: number | null }) {
  const t = useTranslations("system");
  const columns: Column[] = [
    { key: "host", label: t("columns.host") },
    { key: "zone", label: t("columns.zone") },
    { key: "state", label: t("columns.state") },
    { key: "revision", label: t("columns.revision") },
    { key: "processes", label: t("columns.processes"), isNumber: true },
    { key: "started", label: t("columns.started") },
    { key: "heartbeat", label: t("columns.heartbeat") },
    { key: "id", label: t("columns.id") },
  ];
  return (
    <DataTable label={t("workers")} columns={columns}>
      {workers.map((worker) => {
        const isLive = worker.state === "live";
        const Icon = isLive ? IconCircleFilled : IconAlertTriangleFilled;
        return (
          <tr key={worker.id}>
            <td>
              <b>{worker.host}</b>
            </td>
            <td>{worker.zone || MISSING}</td>
            <td>
              <span className={classes.state} data-tone={isLive ? "good" : "bad"}>
                <Icon size={10} aria-hidden="true" />
                {t(`state.${worker.state}`)}
              </span>
            </td>
            <td>
              <RevisionCell worker={worker} revision={revision} />
            </td>
            <td className={tableClasses.number}>{worker.proxyProcesses}</td>
            <td>
              <Time at={worker.startedAt} />
            </td>
            <td>
              <RelativeTime at={worker.heartbeatAt} />
            </td>
            <td className={tableClasses.mute}>{worker.id}</td>
          </tr>
        );
      })}
    </DataTable>
  );
}
