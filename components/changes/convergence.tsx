"use client";
import { IconAlertTriangle, IconCheck, IconClock, IconPlugOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { healthQuery } from "#lib/client/queries.ts";
import type { WorkerView } from "#lib/contracts/views.ts";
import classes from "./changes.module.css";

const ICONS = { runs: IconCheck, waiting: IconClock, refused: IconAlertTriangle, lost: IconPlugOff } as const;

/** How far a worker is with a revision, or anything newer. */
export function stepOf(worker: WorkerView, revision: number): keyof typeof ICONS {
  if (worker.state === "lost") return "lost";
  if (worker.revision !== null && worker.revision >= revision) return "runs";
  return worker.refusedRevision !== null && worker.refusedRevision >= revision ? "refused" : "waiting";
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
                {step === "waiting" ? t("waiting", { number: worker.revision ?? 0 }) : t(`step.${step}`)}
                {step === "refused" && worker.refusal && <span className={classes.refusal}>{worker.refusal}</span>}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
