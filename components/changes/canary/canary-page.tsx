"use client";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Convergence } from "#components/changes/convergence.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Page } from "#components/shell/page.tsx";
import { canaryQuery } from "#lib/client/canaries.ts";
import { healthQuery } from "#lib/client/queries.ts";
import { ArmTable, PoolArms } from "./arm-table.tsx";
import { CanaryCharts } from "./canary-charts.tsx";
import { CanaryHead } from "./canary-head.tsx";
import { CanaryWorkers } from "./canary-workers.tsx";

/** One canary: live while it runs, and for good what it ended by. */
export function CanaryPage({ id }: { id: string }) {
  const t = useTranslations("canary");
  const shell = useTranslations("shell");
  const common = useTranslations("common");
  const query = useQuery(canaryQuery(id));
  const changes = useTranslations("changes");
  const head = useQuery(healthQuery).data?.revision;
  const title = query.data ? t("title", { number: query.data.revision }) : "…";
  useDocumentTitle(`${title} · ${common("product")}`);
  return (
    <Page title={title} parent={{ title: shell("nav.changes"), href: "/changes" }}>
      <QueryView query={query}>
        {(canary) => (
          <>
            <CanaryHead canary={canary} />
            {canary.state === "running" && <CanaryWorkers canary={canary} />}
            {canary.state === "promoted" && canary.revision === head && (
              <Panel title={changes("convergence.title")}>
                <Convergence revision={canary.revision} />
              </Panel>
            )}
            <Panel flush title={t("comparison")} hint={t(canary.state === "running" ? "sinceStart" : "asEnded")}>
              <ArmTable canary={canary} />
            </Panel>
            <CanaryCharts canary={canary} />
            {canary.evidence.pools.length > 0 && (
              <Panel flush title={t("pools")} hint={t("poolsHint")}>
                <PoolArms canary={canary} />
              </Panel>
            )}
          </>
        )}
      </QueryView>
    </Page>
  );
}
