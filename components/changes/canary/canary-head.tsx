"use client";
import { IconArrowBackUp, IconRocket } from "@tabler/icons-react";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { Time } from "#components/data/time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { CanaryView } from "#lib/contracts/canary.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import classes from "./canary.module.css";
import { EndDialog } from "./end-dialog.tsx";
import { StateTag } from "./state-tag.tsx";
import { useVerdictText } from "./use-verdict-text.ts";

/** Where a canary stands, why, and what a person may do about it. */
export function CanaryHead({ canary }: { canary: CanaryView }) {
  const t = useTranslations("canary");
  const status = useTranslations("status");
  const verdict = useVerdictText();
  const [asking, setAsking] = useState<"promote" | "abort" | null>(null);
  const isRunning = canary.state === "running";
  const tools = isRunning && (
    <>
      <GuardedButton
        needs="publisher"
        variant="default"
        leftSection={<IconArrowBackUp size={14} aria-hidden="true" />}
        onClick={() => setAsking("abort")}
      >
        {t("abort.button")}
      </GuardedButton>
      <GuardedButton
        needs="publisher"
        leftSection={<IconRocket size={14} aria-hidden="true" />}
        onClick={() => setAsking("promote")}
      >
        {t("promote.button")}
      </GuardedButton>
    </>
  );
  return (
    <Panel title={<StateTag state={canary.state} />} aside={tools}>
      <p className={classes.verdict} role="status" data-state={canary.state}>
        {verdict(canary)}
      </p>
      {canary.detail && <p className={classes.detail}>{detailText(status, canary.detail)}</p>}
      {isRunning && <Progress canary={canary} />}
      <Facts canary={canary} />
      {asking && <EndDialog canary={canary} how={asking} onClose={() => setAsking(null)} />}
    </Panel>
  );
}

/** The time that is left and the sample so far. */
function Progress({ canary }: { canary: CanaryView }) {
  const t = useTranslations("canary");
  const formats = useFormats();
  const nowMs = useServerNow(1_000);
  const { settings, evidence, dueAt } = canary;
  const leftMs = Math.max(0, Date.parse(dueAt) - nowMs);
  const sample = Math.min(evidence.control.answered, evidence.canary.answered);
  return (
    <div className={classes.progress}>
      <Bar
        label={t("timeLeft")}
        value={leftMs > 0 ? formats.duration(leftMs) : t("due")}
        ratio={1 - leftMs / settings.durationMs}
      />
      <Bar
        label={t("sample")}
        value={t("sampleOf", { count: formats.integer(sample), needed: formats.integer(settings.minRequests) })}
        ratio={sample / settings.minRequests}
      />
    </div>
  );
}

function Bar({ label, value, ratio }: { label: string; value: string; ratio: number }) {
  const percent = Math.round(Math.min(1, Math.max(0, ratio)) * 100);
  return (
    <div className={classes.bar}>
      <span className={classes.barLabel}>{label}</span>
      <b>{value}</b>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        aria-valuetext={value}
      >
        <div className={classes.fill} style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}

function Facts({ canary }: { canary: CanaryView }) {
  const t = useTranslations("canary");
  const formats = useFormats();
  const { settings, changeSetId, changeSetName } = canary;
  const { key } = settings;
  const told = key.from === "client-address" ? t("key.client-address") : t(`key.${key.from}`, { name: key.name });
  return (
    <dl className={classes.facts}>
      <Fact label={t("share")}>{t("shareOf", { share: formats.percent(settings.sharePercent / 100), key: told })}</Fact>
      <Fact label={t("duration")}>{formats.duration(settings.durationMs)}</Fact>
      <Fact label={t("revisions")}>
        <Link href={`/changes?revision=${canary.revision}` as Route}>
          {t("arm.canary", { number: canary.revision })}
        </Link>
        {" · "}
        <Link href={`/changes?from=${canary.baseRevision}&to=${canary.revision}` as Route}>
          {t("differences", { base: canary.baseRevision })}
        </Link>
      </Fact>
      {changeSetName !== null && (
        <Fact label={t("changeSet")}>
          {changeSetId === null ? (
            changeSetName
          ) : (
            <Link href={`/changes/sets/${changeSetId}` as Route}>{changeSetName}</Link>
          )}
        </Fact>
      )}
      <Fact label={t("started")}>
        <Time at={canary.startedAt} /> · {canary.startedBy}
      </Fact>
      {canary.endedAt !== null && (
        <Fact label={t("ended")}>
          <Time at={canary.endedAt} /> · {canary.endedBy ?? t("byItself")}
        </Fact>
      )}
      {canary.note && <Fact label={t("note")}>{canary.note}</Fact>}
    </dl>
  );
}

const Fact = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
