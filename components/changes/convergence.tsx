"use client";
import { IconAlertTriangle, IconCheck, IconClock, IconPlugOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Time } from "#components/data/time.tsx";
import { useServerNow } from "#lib/client/live.tsx";
import { healthQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { WorkerView } from "#lib/contracts/views.ts";
import classes from "./changes.module.css";

const ICONS = { runs: IconCheck, waiting: IconClock, refused: IconAlertTriangle, lost: IconPlugOff } as const;

/** How far a worker is with a revision, or anything newer. */
export function stepOf(worker: WorkerView, revision: number): keyof typeof ICONS {
  if (worker.state === "lost") return "lost";
  if (worker.revision !== null && worker.revision >= revision) return "runs";
  return worker.refusedRevision !== null && worker.refusedRevision >= revision ? "refused" : "waiting";
}

/** Since when it is at that step; of one that runs a newer revision nothing is known of this one any more. */
function StepSince({ worker, step, revision }: { worker: WorkerView; step: keyof typeof ICONS; revision: number }) {
  const t = useTranslations("changes.convergence.since");
  const rich = { time: (at: string) => ({ at: () => <Time at={at} /> }) };
  if (step === "runs" && worker.revision === revision && worker.revisionSince !== null)
    return <span className={classes.since}>{t.rich("runs", rich.time(worker.revisionSince))}</span>;
  if (step === "refused" && worker.refusedSince !== null)
    return <span className={classes.since}>{t.rich("refused", rich.time(worker.refusedSince))}</span>;
  if (step === "waiting" && worker.behindSince !== null) return <Lag since={worker.behindSince} />;
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

/** Which workers run a revision already, live: each tells when it does, and when it refuses. */
export function Convergence({ revision }: { revision: number }) {
  const t = useTranslations("changes.convergence");
  const workers = useQuery(healthQuery).data?.workers ?? [];
  const steps = workers.map((worker) => ({ worker, step: stepOf(worker, revision) }));
  const live = steps.filter(({ step }) => step !== "lost");
  const running = live.filter(({ step }) => step === "runs").length;
  return (
    <div>
      <p className={classes.converged} role="status" data-converged={live.length > 0 && running === live.length}>
        {live.length === 0 ? t("noWorker") : t("running", { running, total: live.length, number: revision })}
      </p>
      <ul className={classes.workers} aria-label={t("workers")}>
        {steps.map(({ worker, step }) => {
          const Icon = ICONS[step];
          return (
            <li key={worker.id} className={classes.worker} data-step={step}>
              <Icon size={14} aria-hidden="true" />
              <span>
                {worker.host} ·{" "}
                {step === "waiting" ? t("waiting", { number: worker.revision ?? 0 }) : t(`step.${step}`)}{" "}
                <StepSince worker={worker} step={step} revision={revision} />
                {step === "refused" && worker.refusal && <span className={classes.refusal}>{worker.refusal}</span>}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
