"use client";
import { Textarea } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { alertEventsQuery, alertingKeys, noteAlert } from "#lib/client/alerting.ts";
import { deliveriesQuery } from "#lib/client/notification-channels.ts";
import type { Alert, AlertEvent } from "#lib/contracts/alerts.ts";
import type { Delivery } from "#lib/contracts/notifications.ts";
import classes from "./alert-page.module.css";

type Entry = { key: string; at: string } & (
  | { is: "event"; event: AlertEvent }
  | { is: "delivery"; delivery: Delivery }
);

const merged = (events: readonly AlertEvent[], deliveries: readonly Delivery[]): Entry[] =>
  [
    ...events.map((event): Entry => ({ key: `event ${event.id}`, at: event.at, is: "event", event })),
    ...deliveries.map(
      (delivery): Entry => ({ key: `told ${delivery.id}`, at: delivery.createdAt, is: "delivery", delivery }),
    ),
  ].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));

/** What happened to it, oldest first: fired, told to whom and whether it got there, taken on, noted, muted, ended. */
export function AlertTimeline({ alert: { id } }: { alert: Alert }) {
  const t = useTranslations("alerts.details");
  const told = useInfiniteQuery(deliveriesQuery({ alertId: id })).data;
  const deliveries = told?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title={t("timeline")} hint={told && deliveries.length === 0 ? t("toldNobody") : undefined}>
      <QueryView query={useQuery(alertEventsQuery(id))}>
        {(events) => (
          <ol className={classes.events}>
            {merged(events, deliveries).map((entry) => (
              <li key={entry.key}>
                <Time at={entry.at} />{" "}
                {entry.is === "event" ? <Happened event={entry.event} /> : <Told delivery={entry.delivery} />}
              </li>
            ))}
          </ol>
        )}
      </QueryView>
      <NoteForm id={id} />
    </Panel>
  );
}

function Happened({ event: { what, by, note } }: { event: AlertEvent }) {
  const t = useTranslations("alerts.details");
  return (
    <>
      <b>{t(`event.${what}`)}</b> {by}
      {what === "resolved" && note !== "" ? ` ${t(`cause.${note as "recovered"}`)}` : note && ` – ${note}`}
    </>
  );
}

function Told({ delivery: { channelName, event, state, attempts, lastError } }: { delivery: Delivery }) {
  const t = useTranslations("alerts.details");
  const states = useTranslations("notifications.state");
  return (
    <span data-delivery={state}>
      <b>{t(event === "resolved" ? "toldOfEnd" : "told", { channel: channelName })}</b>{" "}
      <span className={state === "failed" ? classes.firing : classes.quiet}>
        {states(state)}
        {state !== "delivered" && attempts > 0 && ` · ${t("attempts", { count: attempts })}`}
        {state !== "delivered" && lastError !== null && ` · ${lastError}`}
      </span>
    </span>
  );
}

function NoteForm({ id }: { id: string }) {
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
    <>
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
    </>
  );
}
