"use client";
import { Anchor, Button } from "@mantine/core";
import { IconCircle, IconCircleCheckFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import { useSeries } from "#lib/client/live.tsx";
import { metricsQuery } from "#lib/client/queries.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import classes from "./start-checklist.module.css";

const MONTH_MS = 2_592_000_000;

/** Whether any request was ever served, as far as the measurements reach back; undefined while that is not known. */
function useHadTraffic(): boolean | undefined {
  const isLive = useSeries("all").some((point) => point.figures.requestsPerSecond > 0);
  const month = useQuery({
    ...metricsQuery({ scope: "all" }, { rangeMs: MONTH_MS }),
    enabled: !isLive,
    refetchInterval: false,
  });
  if (isLive) return true;
  return month.data?.points.some((point) => (point.requestsPerSecond ?? 0) > 0);
}

type StepProps = { isDone: boolean; title: string; text: string; children?: React.ReactNode };
function Step({ isDone, title, text, children }: StepProps) {
  const t = useTranslations("overview");
  const Icon = isDone ? IconCircleCheckFilled : IconCircle;
  return (
    <li className={classes.step} data-done={isDone || undefined}>
      <Icon size={18} className={classes.icon} role="img" aria-label={isDone ? t("start.done") : t("start.open")} />
      <div>
        <p className={classes.title}>{title}</p>
        {!isDone && <p className={classes.text}>{text}</p>}
        {!isDone && children}
      </div>
    </li>
  );
}

/** First run: pool, node, request. Gone for good once all three are done. */
export function StartChecklist({ pools, proxyUrl }: { pools: readonly PoolView[]; proxyUrl: string }) {
  const t = useTranslations("overview");
  const hadTraffic = useHadTraffic();
  const hasPool = pools.length > 0;
  const hasNode = pools.some((pool) => pool.nodes.length > 0);
  if (hasNode && hadTraffic !== false) return null;
  const poolHref = (pools[0] ? `/pools/${pools[0].id}` : "/pools") as Route;
  return (
    <Panel title={t("start.title")}>
      <ol className={classes.steps}>
        <Step isDone={hasPool} title={t("start.pool")} text={t("start.poolText")}>
          <Button component={Link} href={"/pools?new=true" as Route}>
            {t("start.poolAction")}
          </Button>
        </Step>
        <Step isDone={hasNode} title={t("start.node")} text={t("start.nodeText")}>
          {hasPool && (
            <Anchor component={Link} href={poolHref} size="sm">
              {t("start.nodeAction")}
            </Anchor>
          )}
        </Step>
        <Step isDone={hadTraffic === true} title={t("start.request")} text={t("start.requestText")}>
          {hasNode && <code className={classes.code}>curl -i {proxyUrl}/</code>}
        </Step>
      </ol>
      <p className={classes.text}>{t("start.demo")}</p>
    </Panel>
  );
}
