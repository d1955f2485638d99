"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { FigureList } from "#components/data/figure-list.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { requestHref } from "#components/requests/request-table.tsx";
import { probeTruthQuery } from "#lib/client/probe-truth-queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeProbeTruth } from "#lib/contracts/probe-truth.ts";
import classes from "./probe-truth.module.css";
import { useTruthText } from "./probe-truth-panel.tsx";
import { Suggestion } from "./suggestion.tsx";
import { VerdictBadge } from "./verdict-badge.tsx";

/** How well one node's probe agreed with real traffic: figures, when it did not, and requests that it did not see fail. */
export function NodeProbeTruthPanel({ poolId, nodeId }: { poolId: string; nodeId: string }) {
  const t = useTranslations("probeTruth");
  const query = useQuery(probeTruthQuery(poolId, nodeId));
  return (
    <Panel title={t("title")} hint={t("hint")}>
      <QueryView query={query}>{({ items: [truth] }) => truth && <Truth truth={truth} />}</QueryView>
    </Panel>
  );
}

function Truth({ truth }: { truth: NodeProbeTruth }) {
  const t = useTranslations("probeTruth");
  const { verdict, missed, falseAlarms, suggestion } = truth;
  return (
    <>
      <div className={classes.head}>
        <VerdictBadge verdict={verdict} />
        <span className={classes.mute}>{t(`verdictHelp.${verdict}`)}</span>
      </div>
      <div className={classes.figures}>
        <Figures truth={truth} />
      </div>
      {suggestion && (
        <>
          <p className={classes.part}>{t("columns.suggestion")}</p>
          <Suggestion suggestion={suggestion} />
        </>
      )}
      {missed.episodes.length > 0 && <Episodes title={t("columns.missed")} episodes={missed.episodes} />}
      {falseAlarms.episodes.length > 0 && <Episodes title={t("columns.falseAlarms")} episodes={falseAlarms.episodes} />}
      {missed.examples.length > 0 && <Examples examples={missed.examples} />}
    </>
  );
}

function Figures({ truth }: { truth: NodeProbeTruth }) {
  const t = useTranslations("probeTruth");
  const formats = useFormats();
  const text = useTruthText(truth);
  const { healthyMs, unhealthyMs, unknownMs } = truth;
  const sides = t("states", {
    healthy: formats.duration(healthyMs),
    unhealthy: formats.duration(unhealthyMs),
    unknown: formats.duration(unknownMs),
  });
  const items: [string, string][] = [
    [t("columns.agreement"), formats.percent(truth.agreement)],
    [t("columns.missed"), text.missed],
    [t("columns.falseAlarms"), text.falseAlarms],
    [t("columns.delay"), text.detections],
    [t("judged"), formats.duration(truth.judgedMs)],
    [t("requests"), t("failed", { requests: truth.requests, failures: truth.failures })],
    [t("said"), sides],
  ];
  return <FigureList items={items} />;
}

function Episodes({ title, episodes }: { title: string; episodes: NodeProbeTruth["missed"]["episodes"] }) {
  const t = useTranslations("probeTruth");
  const formats = useFormats();
  const reasonText = useReasonText();
  return (
    <>
      <p className={classes.part}>{title}</p>
      <ul className={classes.list}>
        {episodes.map(({ from, to, workerId, requests, failures, cause }) => (
          <li key={`${workerId} ${from}`}>
            <Time at={from} />{" "}
            {[
              formats.duration(Date.parse(to) - Date.parse(from)),
              t("failed", { requests, failures }),
              cause === null ? null : reasonText(cause),
            ]
              .filter((part) => part !== null)
              .join(" · ")}
          </li>
        ))}
      </ul>
    </>
  );
}

function Examples({ examples }: { examples: NodeProbeTruth["missed"]["examples"] }) {
  const t = useTranslations("probeTruth");
  const reasonText = useReasonText();
  return (
    <>
      <p className={classes.part}>{t("examples")}</p>
      <ul className={classes.list}>
        {examples.map(({ requestId, at, method, path, cause }) => (
          <li key={`${requestId} ${at}`}>
            <Link href={requestHref(requestId)}>
              <code>
                {method} {path}
              </code>
            </Link>{" "}
            {reasonText(cause)} <Time at={at} />
          </li>
        ))}
      </ul>
    </>
  );
}
