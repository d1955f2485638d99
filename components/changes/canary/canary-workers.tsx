"use client";
import { IconCheck, IconClock, IconPlugOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import changes from "#components/changes/changes.module.css";
import { Panel } from "#components/data/panel.tsx";
import { Time } from "#components/data/time.tsx";
import { healthQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { CanaryDetail, CanaryWorker } from "#lib/contracts/canary.ts";
import type { WorkerView } from "#lib/contracts/views.ts";

const ICONS = { runs: IconCheck, waiting: IconClock, lost: IconPlugOff } as const;

/** Which workers run a canary, live: one that does tells of it every second. One that refuses it ends it for all. */
export function CanaryWorkers({ canary }: { canary: CanaryDetail }) {
  const t = useTranslations("canary.workers");
  const workers = useQuery(healthQuery).data?.workers ?? [];
  const told = new Map(canary.workers.map((worker) => [worker.id, worker]));
  const live = workers.filter(({ state }) => state === "live");
  const missing = live.filter(({ id }) => !told.has(id));
  const whole = () => {
    if (live.length === 0) return t("none");
    if (missing.length === 0) return t("all", { total: live.length });
    const hosts = missing.map(({ host }) => host).join(", ");
    return t("some", { running: live.length - missing.length, total: live.length, hosts });
  };
  return (
    <Panel title={t("title")} hint={t("hint")}>
      <p className={changes.converged} role="status" data-converged={live.length > 0 && missing.length === 0}>
        {whole()}
      </p>
      <ul className={changes.workers} aria-label={t("title")}>
        {workers.map((worker) => (
          <OneWorker key={worker.id} worker={worker} told={told.get(worker.id)} />
        ))}
      </ul>
    </Panel>
  );
}

function OneWorker({ worker, told }: { worker: WorkerView; told: CanaryWorker | undefined }) {
  const t = useTranslations("canary.workers");
  const formats = useFormats();
  const step = worker.state === "lost" ? "lost" : told ? "runs" : "waiting";
  const Icon = ICONS[step];
  return (
    <li className={changes.worker} data-step={step} data-worker={worker.id}>
      <Icon size={14} aria-hidden="true" />
      <div>
        <b>{worker.host}</b> ·{" "}
        {step === "runs" && told ? t.rich("told", { at: () => <Time at={told.toldAt} /> }) : t(step as "lost")}
        {told && (
          <ul className={changes.processes}>
            <li>
              {t("answered")}:{" "}
              {t("counts", { canary: formats.integer(told.canary), control: formats.integer(told.control) })}
            </li>
          </ul>
        )}
      </div>
    </li>
  );
}
