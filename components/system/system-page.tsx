"use client";
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { RuleFaultsPanel } from "#components/alerts/rule-faults-panel.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Page } from "#components/shell/page.tsx";
import { useDatabaseLost } from "#lib/client/database.ts";
import { MISSING } from "#lib/client/format.ts";
import { useLiveStatus } from "#lib/client/live.tsx";
import { healthQuery, workersQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { HealthView } from "#lib/contracts/views.ts";
import { StoragePanel } from "./storage-panel.tsx";
import classes from "./system.module.css";
import { WorkerTable } from "./worker-table.tsx";

const REFRESH_MS = 5_000;

function FigureAge() {
  const formats = useFormats();
  const { ageMs } = useLiveStatus();
  return ageMs === null ? MISSING : formats.duration(Math.max(1_000, Math.round(ageMs / 1_000) * 1_000));
}

function Facts({ health }: { health: HealthView }) {
  const t = useTranslations("system");
  const live = health.workers.filter((worker) => worker.state === "live");
  const inStep = live.filter((worker) => worker.revision === health.revision);
  const isUp = useDatabaseLost() === null && health.status === "ok";
  return (
    <dl className={classes.facts}>
      <div>
        <dt>{t("database")}</dt>
        <dd data-tone={isUp ? "good" : "bad"}>{isUp ? t("databaseOk") : t("databaseDown")}</dd>
      </div>
      <div>
        <dt>{t("revision")}</dt>
        <dd>{health.revision ?? t("noRevision")}</dd>
      </div>
      <div>
        <dt>{t("inStep")}</dt>
        <dd data-tone={inStep.length < live.length ? "warn" : undefined}>
          {inStep.length} / {live.length}
        </dd>
      </div>
      <div>
        <dt>{t("lag")}</dt>
        <dd>
          <FigureAge />
        </dd>
      </div>
    </dl>
  );
}

/** The product's own state: database, workers and their revision, age of the figures. */
export function SystemPage() {
  const t = useTranslations("system");
  const shell = useTranslations("shell");
  const health = useQuery({ ...healthQuery, refetchInterval: REFRESH_MS });
  const workers = useQuery({ ...workersQuery, refetchInterval: REFRESH_MS });
  const total = workers.data?.length ?? 0;
  const live = workers.data?.filter((worker) => worker.state === "live").length ?? 0;
  return (
    <Page title={shell("nav.system")}>
      <Panel title={t("status")}>
        <QueryView query={health}>{(data) => <Facts health={data} />}</QueryView>
      </Panel>
      <Panel flush title={t("workers")} hint={workers.data && t("workersHint", { live, total })}>
        <QueryView query={workers}>
          {(items) =>
            items.length === 0 ? (
              <EmptyState title={t("none")} text={t("noneText")} />
            ) : (
              <WorkerTable workers={items} revision={health.data?.revision ?? null} />
            )
          }
        </QueryView>
      </Panel>
      <RuleFaultsPanel />
      <StoragePanel />
      <Panel title={t("api")}>
        <Anchor component={Link} href="/api-reference" size="sm">
          {t("apiText")}
        </Anchor>
      </Panel>
    </Page>
  );
}
