"use client";
import { Button, Drawer, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Route } from "next";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { GuardedButton } from "#components/forms/guarded.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { nodeHref } from "#components/nodes/node-row.tsx";
import { alertEventsQuery, alertingKeys, aroundAlertQuery, noteAlert } from "#lib/client/alerting.ts";
import { storedPoints } from "#lib/client/chart-points.ts";
import { alertQuery } from "#lib/client/queries.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import classes from "./alert-details.module.css";
import { AlertLevel } from "./alert-level.tsx";
import { AlertReason } from "./alert-reason.tsx";
import { useAlertText } from "./use-alert-text.ts";

type Props = {
  id: string;
  onClose: () => void;
  onAcknowledge: (alert: Alert) => void;
  onSilence: (alert: Alert) => void;
};

/** An alert with what is known around it: figures, chart, what happened, what was done. */
export function AlertDetails({ id, onClose, ...actions }: Props) {
  const t = useTranslations("alerts.details");
  const common = useTranslations("common");
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={620}
      title={t("title")}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <QueryView query={useQuery(alertQuery(id))}>{(alert) => <Details alert={alert} {...actions} />}</QueryView>
    </Drawer>
  );
}

function Details({ alert, onAcknowledge, onSilence }: { alert: Alert } & Pick<Props, "onAcknowledge" | "onSilence">) {
  const t = useTranslations("alerts.details");
  const text = useAlertText();
  const isFiring = alert.state === "firing";
  return (
    <div className={classes.stack}>
      <h2 className={classes.title}>
        <AlertLevel level={alert.level} isFiring={isFiring} /> {text(alert)}
      </h2>
      <p>
        <AlertReason alert={alert} />
      </p>
      <p className={classes.mute}>
        <Time at={alert.firedAt} /> – {alert.resolvedAt ? <Time at={alert.resolvedAt} /> : t("firing")}
        {alert.muted && ` · ${t(`muted.${alert.muted.kind}`, { name: alert.muted.name })}`}
      </p>
      <div className={classes.actions}>
        {isFiring && alert.acknowledgedAt === null && (
          <GuardedButton needs="operator" size="xs" onClick={() => onAcknowledge(alert)}>
            {t("acknowledge")}
          </GuardedButton>
        )}
        {isFiring && (
          <GuardedButton needs="operator" size="xs" variant="default" onClick={() => onSilence(alert)}>
            {t("silence")}
          </GuardedButton>
        )}
        {alert.poolId && (
          <Button
            size="xs"
            variant="default"
            component={Link}
            href={
              alert.nodeId ? nodeHref({ id: alert.nodeId, poolId: alert.poolId }) : (`/pools/${alert.poolId}` as Route)
            }
          >
            {t(alert.nodeId ? "toNode" : "toPool")}
          </Button>
        )}
      </div>
      {alert.poolId && <Around alert={alert} poolId={alert.poolId} />}
      <Timeline id={alert.id} />
    </div>
  );
}

/** The response times of what it is about, with when it fired. */
function Around({ alert, poolId }: { alert: Alert; poolId: string }) {
  const t = useTranslations("alerts.details");
  const firedMs = Date.parse(alert.firedAt);
  const endMs = alert.resolvedAt ? Date.parse(alert.resolvedAt) : Date.now();
  const scope = alert.nodeId ? "node" : "pool";
  const { data, isPending } = useQuery(aroundAlertQuery(alert.id, scope, alert.nodeId ?? poolId, firedMs, endMs));
  const points = data ? storedPoints(data) : [];
  const domain: [number, number] = [data?.fromMs ?? firedMs, data?.toMs ?? endMs];
  return (
    <LatencyChart
      title={t("around")}
      data={{ points, domain, isLoading: isPending }}
      annotations={[{ key: alert.id, atMs: firedMs, text: t("fired"), tone: "bad" }]}
    />
  );
}

function Timeline({ id }: { id: string }) {
  const t = useTranslations("alerts.details");
  const notify = useNotify();
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const mutation = useMutation({
    mutationFn: () => noteAlert(id, note),
    onSuccess: () => {
      setNote("");
      void client.invalidateQueries({ queryKey: alertingKeys.events(id) });
    },
    onError: (error) => notify.failed(t("addNote"), error),
  });
  return (
    <section aria-label={t("timeline")}>
      <h3 className={classes.heading}>{t("timeline")}</h3>
      <QueryView query={useQuery(alertEventsQuery(id))}>
        {(events) => (
          <ol className={classes.events}>
            {events.map((event) => (
              <li key={event.id}>
                <Time at={event.at} /> <b>{t(`event.${event.what}`)}</b> {event.by}
                {event.what === "resolved" && event.note !== ""
                  ? ` ${t(`cause.${event.note as "recovered"}`)}`
                  : event.note && ` – ${event.note}`}
              </li>
            ))}
          </ol>
        )}
      </QueryView>
      <Textarea
        label={t("note")}
        maxLength={500}
        autosize
        minRows={1}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <GuardedButton
        needs="operator"
        size="xs"
        mt={6}
        variant="default"
        loading={mutation.isPending}
        onClick={() => note.trim() !== "" && mutation.mutate()}
      >
        {t("addNote")}
      </GuardedButton>
    </section>
  );
}
