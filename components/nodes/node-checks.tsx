"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { useServerNow } from "#lib/client/live.tsx";
import { nodeMutationKey, probeNode, takeNodeView } from "#lib/client/node-actions.ts";
import { nodeNews } from "#lib/client/node-news.ts";
import { keys, nodeChecksQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { CHECK_LEVELS } from "#lib/contracts/config.ts";
import { KEPT_CHECKS, type LevelHealth } from "#lib/contracts/runtime.ts";
import type { NodeChecksView, NodeView } from "#lib/contracts/views.ts";
import { levelOfLetter } from "#lib/core/health.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import classes from "./node-checks.module.css";
import { useReasonText } from "./use-reason-text.ts";

/** What the last checks of a node found, level by level, and a check now. */
export function NodeChecksPanel({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.checks");
  const query = useQuery(nodeChecksQuery(node.id));
  return (
    <Panel title={t("title")} hint={t("hint")}>
      <QueryView query={query}>
        {(workers) =>
          workers.length === 0 ? (
            <EmptyState title={t("none")} />
          ) : (
            workers.map((one) => <WorkerChecks key={one.workerId} checks={one} isOnly={workers.length === 1} />)
          )
        }
      </QueryView>
      <ProbeNow node={node} />
    </Panel>
  );
}

function WorkerChecks({ checks, isOnly }: { checks: NodeChecksView; isOnly: boolean }) {
  const status = useTranslations("status");
  const t = useTranslations("nodes.checks");
  return (
    <div className={classes.worker}>
      {!isOnly && <p className={classes.name}>{t("by", { worker: checks.workerId.slice(0, 8) })}</p>}
      <RecentChecks recent={checks.recent} />
      <dl className={classes.levels}>
        {CHECK_LEVELS.map((level) => {
          const found = checks.levels[level];
          return (
            found && (
              <div key={level} className={classes.level}>
                <dt>{status(`checkLevel.${level}`)}</dt>
                <dd>
                  <LevelFound found={found} />
                </dd>
              </div>
            )
          );
        })}
      </dl>
    </div>
  );
}

function LevelFound({ found }: { found: LevelHealth }) {
  const t = useTranslations("nodes");
  const status = useTranslations("status");
  const reasonText = useReasonText();
  const formats = useFormats();
  const nowMs = useServerNow();
  const failed = found.consecutiveFailures > 0;
  const count = failed
    ? t("factValue.failures", { count: found.consecutiveFailures })
    : t("factValue.passes", { count: found.consecutivePasses });
  return (
    <>
      <span className={classes.state} data-tone={failed ? "bad" : "good"}>
        {failed ? detailText(status, found.detail) || reasonText(found.reason) : t("checks.passed")}
      </span>
      <span className={classes.detail}>
        {[formats.msUnit(found.latencyMs), count, formats.relative(Math.min(found.checkedMs, nowMs), nowMs)].join(
          " · ",
        )}
      </span>
    </>
  );
}

const STEP = 4;

/** The last checks, the newest at the right; what was not checked yet is empty. */
function RecentChecks({ recent }: { recent: string }) {
  const t = useTranslations("nodes.checks");
  const status = useTranslations("status");
  const empty = KEPT_CHECKS - recent.length;
  const failed = [...recent].filter((letter) => levelOfLetter(letter) !== null).length;
  return (
    <svg
      className={classes.recent}
      viewBox={`0 0 ${KEPT_CHECKS * STEP} 14`}
      role="img"
      aria-label={t("recent", { count: recent.length, failed })}
    >
      {[...recent].map((letter, index) => {
        const level = levelOfLetter(letter);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a check is its place
          <rect key={index} x={(empty + index) * STEP} width={STEP - 1} height="14" rx="1" data-failed={level !== null}>
            <title>{level === null ? t("passed") : t("failedAt", { level: status(`checkLevel.${level}`) })}</title>
          </rect>
        );
      })}
    </svg>
  );
}

function ProbeNow({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.checks");
  const status = useTranslations("status");
  const reasonText = useReasonText();
  const notify = useNotify();
  const client = useQueryClient();
  const probing = useMutation({
    mutationKey: [...nodeMutationKey(node.id), "probe"],
    mutationFn: () => probeNode(node.id),
    onMutate: () => nodeNews.mark,
    onSuccess: ({ node: view, results }, _nothing, mark) => {
      takeNodeView(client, view, mark);
      void client.invalidateQueries({ queryKey: keys.nodeChecks(node.id) });
      const failed = results.flatMap(({ levels }) => levels.filter(({ ok }) => !ok));
      const [first] = failed;
      notify.done(
        first
          ? t("foundFailing", { node: node.name, found: detailText(status, first.detail) || reasonText(first.reason) })
          : t("foundWell", { node: node.name }),
      );
    },
    onError: (error) => notify.failed(t("probing", { node: node.name }), error),
  });
  return (
    <div className={classes.tools}>
      <GuardedButton needs="operator" variant="default" loading={probing.isPending} onClick={() => probing.mutate()}>
        {t("probeNow")}
      </GuardedButton>
      <span className={classes.detail}>{t("probeHelp")}</span>
    </div>
  );
}
