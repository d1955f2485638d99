"use client";
import { Tooltip, VisuallyHidden } from "@mantine/core";
import { IconAlertTriangleFilled, IconCircleFilled } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { Time } from "#components/data/time.tsx";
import { MISSING } from "#lib/client/format.ts";
import { useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { WorkerView } from "#lib/contracts/views.ts";
import classes from "./system.module.css";

/** Since when it runs what it runs, and for how long it has been behind. */
function Since({ worker }: { worker: WorkerView }) {
  const t = useTranslations("system");
  const formats = useFormats();
  const nowMs = useServerNow();
  if (worker.behindSince !== null && worker.state === "live") {
    const lagMs = Math.max(0, nowMs - Date.parse(worker.behindSince));
    return nowMs === 0 ? null : (
      <span className={tableClasses.warn}>{t("behindFor", { duration: formats.duration(lagMs) })}</span>
    );
  }
  return worker.revisionSince === null ? null : <Time at={worker.revisionSince} />;
}

/** How many proxy processes it has, and what each of them runs. */
function Processes({ worker }: { worker: WorkerView }) {
  const t = useTranslations("system");
  const formats = useFormats();
  const told = worker.processes.map(({ process, pid, revision, sinceMs }) =>
    t("process", {
      process,
      pid,
      revision: revision ?? MISSING,
      since: sinceMs === null ? MISSING : formats.dateTime(sinceMs),
    }),
  );
  const isOne = new Set(worker.processes.map(({ revision }) => revision)).size <= 1;
  return (
    <Tooltip label={told.join("\n")} disabled={told.length === 0} classNames={{ tooltip: classes.processes }}>
      <span tabIndex={told.length === 0 ? undefined : 0} className={isOne ? undefined : tableClasses.warn}>
        {worker.proxyProcesses}
        <VisuallyHidden>{told.join("; ")}</VisuallyHidden>
      </span>
    </Tooltip>
  );
}

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
          {worker.refusedSince !== null && (
            <>
              {" "}
              (<Time at={worker.refusedSince} />)
            </>
          )}
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
    { key: "since", label: t("columns.since") },
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
            <td>
              <Since worker={worker} />
            </td>
            <td className={tableClasses.number}>
              <Processes worker={worker} />
            </td>
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
