"use client";
import { Button } from "@mantine/core";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { Time } from "#components/data/time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { nodeHref } from "#components/nodes/node-row.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import { type Alert, UNKNOWN_RULE } from "#lib/contracts/alerts.ts";
import { labelTexts } from "#lib/contracts/config/labels.ts";
import type { AlertMatchers } from "#lib/contracts/silences.ts";
import { AcknowledgeDialog } from "../acknowledge-dialog.tsx";
import { Acknowledged } from "../acknowledged.tsx";
import { AlertLevel } from "../alert-level.tsx";
import { AlertReason } from "../alert-reason.tsx";
import { NO_MATCHERS } from "../matcher-fields.tsx";
import { SilenceForm } from "../silence-form.tsx";
import { useAlertText } from "../use-alert-text.ts";
import classes from "./alert-page.module.css";

/** What a silence of this alert matches at first: its kind, where it is. */
const matchersOf = ({ rule, poolName, nodeName }: Alert): AlertMatchers => ({
  ...NO_MATCHERS,
  kinds: rule === UNKNOWN_RULE ? [] : [rule],
  pools: poolName ? [poolName] : [],
  nodes: nodeName ? [nodeName] : [],
});

/** What it is, who or what is to blame, since when, who is at it; and what can be done about it. */
export function AlertSummary({ alert }: { alert: Alert }) {
  const t = useTranslations("alerts.details");
  const kinds = useTranslations("notifications.rules");
  const silences = useTranslations("silences");
  const text = useAlertText();
  const labels = labelTexts(alert.labels);
  return (
    <Panel>
      <div className={classes.stack}>
        <h2 className={classes.title}>
          <AlertLevel level={alert.level} isFiring={alert.state === "firing"} /> {text(alert)}
        </h2>
        <p className={classes.why}>
          <AlertReason alert={alert} />
        </p>
        <dl className={classes.facts}>
          <Fact name={t("state")}>
            <State alert={alert} />
          </Fact>
          <Fact name={t("rule")}>
            {alert.ruleName || kinds(alert.rule)}
            {alert.ruleKey !== "" && <span className={classes.mute}> {alert.ruleKey}</span>}
          </Fact>
          {alert.poolName !== "" && <Fact name={t("pool")}>{alert.poolName}</Fact>}
          {alert.nodeName !== "" && <Fact name={t("node")}>{alert.nodeName}</Fact>}
          {labels.length > 0 && <Fact name={silences("labels")}>{labels.join(", ")}</Fact>}
          <Fact name={t("takenOn")}>
            <Acknowledged alert={alert} />
          </Fact>
        </dl>
        <Actions alert={alert} />
      </div>
    </Panel>
  );
}

const Fact = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function State({ alert: { firedAt, resolvedAt, muted } }: { alert: Alert }) {
  const t = useTranslations("alerts.details");
  const formats = useFormats();
  return (
    <>
      <Time at={firedAt} /> –{" "}
      {resolvedAt ? (
        <>
          <Time at={resolvedAt} /> ({formats.duration(Date.parse(resolvedAt) - Date.parse(firedAt))})
        </>
      ) : (
        <b className={classes.firing}>
          {t("firing")} (<RelativeTime at={firedAt} />)
        </b>
      )}
      {muted && ` · ${t(`muted.${muted.kind}`, { name: muted.name })}`}
    </>
  );
}

function Actions({ alert }: { alert: Alert }) {
  const t = useTranslations("alerts.details");
  const [open, setOpen] = useState<"acknowledge" | "silence" | null>(null);
  const close = () => setOpen(null);
  const { poolId, nodeId } = alert;
  return (
    <div className={classes.actions}>
      {alert.state === "firing" && alert.acknowledgedAt === null && (
        <GuardedButton needs="operator" size="xs" onClick={() => setOpen("acknowledge")}>
          {t("acknowledge")}
        </GuardedButton>
      )}
      {alert.state === "firing" && (
        <GuardedButton needs="operator" size="xs" variant="default" onClick={() => setOpen("silence")}>
          {t("silence")}
        </GuardedButton>
      )}
      {poolId !== null && (
        <Button
          size="xs"
          variant="default"
          component={Link}
          href={nodeId === null ? (`/pools/${poolId}` as Route) : nodeHref({ id: nodeId, poolId })}
        >
          {t(nodeId === null ? "toPool" : "toNode")}
        </Button>
      )}
      {open === "acknowledge" && <AcknowledgeDialog alert={alert} onClose={close} />}
      {open === "silence" && <SilenceForm matchers={matchersOf(alert)} onClose={close} />}
    </div>
  );
}
