"use client";
import { IconAlertTriangle, IconCheck, IconClock, IconClockExclamation, IconPlugOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Time } from "#components/data/time.tsx";
import { useServerNow } from "#lib/client/live.tsx";
import { healthQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { WorkerProcess, WorkerView } from "#lib/contracts/views.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import classes from "./changes.module.css";
import { type Convergence as All, convergenceOf, processStep, type Step, stepOf } from "./convergence-steps.ts";

const ICONS = {
  runs: IconCheck,
  waiting: IconClock,
  late: IconClockExclamation,
  refused: IconAlertTriangle,
  lost: IconPlugOff,
} as const;

/** Since when it is at that step; of one that runs a newer revision nothing is known of this one any more. */
function StepSince({ worker, step, revision }: { worker: WorkerView; step: Step; revision: number }) {
  const t = useTranslations("changes.convergence.since");
  const rich = { time: (at: string) => ({ at: () => <Time at={at} /> }) };
  if (step === "runs" && worker.revision === revision && worker.revisionSince !== null)
    return <span className={classes.since}>{t.rich("runs", rich.time(worker.revisionSince))}</span>;
  if (step === "refused" && worker.refusedSince !== null)
    return <span className={classes.since}>{t.rich("refused", rich.time(worker.refusedSince))}</span>;
  if ((step === "waiting" || step === "late") && worker.behindSince !== null) return <Lag since={worker.behindSince} />;
  return null;
}

function Lag({ since }: { since: string }) {
  const t = useTranslations("changes.convergence.since");
  const formats = useFormats();
  const nowMs = useServerNow();
  const lagMs = Math.max(0, nowMs - Date.parse(since));
  return nowMs === 0 ? null : (
    <span className={classes.since}>{t("behind", { duration: formats.duration(lagMs) })}</span>
  );
}

/** Which workers and proxy processes run a revision already, live, until all do or one refuses it. */
export function Convergence({ revision }: { revision: number }) {
  const t = useTranslations("changes.convergence");
  const nowMs = useServerNow(1_000);
  const workers = useQuery(healthQuery).data?.workers ?? [];
  return (
    <div>
      <Whole all={convergenceOf(workers, revision, nowMs)} revision={revision} />
      <ul className={classes.workers} aria-label={t("workers")}>
        {workers.map((worker) => (
          <OneWorker key={worker.id} worker={worker} step={stepOf(worker, revision, nowMs)} revision={revision} />
        ))}
      </ul>
    </div>
  );
}

/** In a sentence, and told to screen readers when it changes. */
function Whole({ all, revision: number }: { all: All; revision: number }) {
  const t = useTranslations("changes.convergence");
  const formats = useFormats();
  const text = () => {
    switch (all.state) {
      case "none":
        return t("noWorker");
      case "done":
        return all.sinceMs === null
          ? t("done", { total: all.total, number })
          : t("doneAt", { total: all.total, number, time: formats.time(all.sinceMs), zone: formats.zone(all.sinceMs) });
      case "refused":
      case "late":
        return t(`whole.${all.state}`, { ...all, number, hosts: all.hosts.join(", ") });
      default:
        return t("running", { ...all, number });
    }
  };
  return (
    <p className={classes.converged} role="status" data-state={all.state} data-converged={all.state === "done"}>
      {text()}
    </p>
  );
}

function OneWorker({ worker, step, revision }: { worker: WorkerView; step: Step; revision: number }) {
  const t = useTranslations("changes.convergence");
  const status = useTranslations("status");
  const Icon = ICONS[step];
  const isBehind = step === "waiting" || step === "late";
  return (
    <li className={classes.worker} data-step={step} data-worker={worker.id}>
      <Icon size={14} aria-hidden="true" />
      <div>
        <span>
          <b>{worker.host}</b> · {isBehind ? t(step, { number: worker.revision ?? 0 }) : t(`step.${step}`)}{" "}
          <StepSince worker={worker} step={step} revision={revision} />
          {step === "refused" && worker.refusal && (
            <span className={classes.refusal}>{detailText(status, worker.refusal)}</span>
          )}
        </span>
        {step !== "lost" && worker.processes.length > 0 && (
          <ul className={classes.processes} aria-label={t("processesOf", { host: worker.host })}>
            {worker.processes.map((each) => (
              <OneProcess key={each.process} told={each} step={processStep(step, each.revision, revision)} />
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

function OneProcess({ told, step }: { told: WorkerProcess; step: Step }) {
  const t = useTranslations("changes.convergence");
  const Icon = ICONS[step];
  return (
    <li className={classes.process} data-step={step} data-process={told.process}>
      <Icon size={12} aria-hidden="true" />
      <span>
        {t("process", { process: told.process, pid: String(told.pid) })} ·{" "}
        {told.revision === null ? t("nothing") : t("runsRevision", { number: told.revision })}
        {told.sinceMs !== null && (
          <>
            {" "}
            <Time at={new Date(told.sinceMs).toISOString()} />
          </>
        )}
      </span>
    </li>
  );
}
