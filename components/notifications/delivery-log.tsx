"use client";
import { Button, Select } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { HistoryView } from "#components/data/history-view.tsx";
import { Panel } from "#components/data/panel.tsx";
import { Time } from "#components/data/time.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { useRefusal } from "#components/forms/use-refusal.ts";
import { retryDelivery } from "#lib/client/mutations.ts";
import { deliveriesQuery } from "#lib/client/notification-channels.ts";
import { keys } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { ChannelView, Delivery } from "#lib/contracts/notifications.ts";
import classes from "./notifications.module.css";

/** What the channels were told, the newest first, and what came of it. */
export function DeliveryLog({ channels }: { channels: readonly ChannelView[] }) {
  const t = useTranslations("notifications.log");
  const [channelId, setChannelId] = useQueryState("channel", parseAsString);
  const query = useInfiniteQuery(deliveriesQuery(channelId === null ? {} : { channelId }));
  const filter = (
    <Select
      size="xs"
      aria-label={t("channel")}
      value={channelId ?? ""}
      onChange={(value) => void setChannelId(value || null)}
      data={[{ value: "", label: t("all") }, ...channels.map(({ id, name }) => ({ value: id, label: name }))]}
    />
  );
  return (
    <Panel flush title={t("title")} hint={t("hint")} aside={filter}>
      <HistoryView query={query}>
        {(deliveries) =>
          deliveries.length === 0 ? (
            <EmptyState title={t("none")} text={t("noneText")} />
          ) : (
            <DeliveryTable deliveries={deliveries} />
          )
        }
      </HistoryView>
    </Panel>
  );
}

function DeliveryTable({ deliveries }: { deliveries: readonly Delivery[] }) {
  const t = useTranslations("notifications.log");
  const columns = [
    { key: "time", label: t("columns.time") },
    { key: "channel", label: t("columns.channel") },
    { key: "what", label: t("columns.what") },
    { key: "state", label: t("columns.state") },
    { key: "attempts", label: t("columns.attempts"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {deliveries.map((delivery) => (
        <tr key={delivery.id} data-delivery={delivery.state}>
          <td>
            <Time at={delivery.createdAt} />
          </td>
          <td>{delivery.channelName}</td>
          <td>
            {t(`event.${delivery.event}`)} <span className={tableClasses.mute}>{delivery.subject}</span>
          </td>
          <td>
            <State delivery={delivery} />
          </td>
          <td className={tableClasses.number}>{delivery.attempts}</td>
        </tr>
      ))}
    </DataTable>
  );
}

function State({ delivery }: { delivery: Delivery }) {
  const t = useTranslations("notifications");
  const formats = useFormats();
  const { state, nextAttemptAt, lastError } = delivery;
  return (
    <>
      <span className={classes.state} data-state={state}>
        {t(`state.${state}`)}
      </span>
      {nextAttemptAt !== null && delivery.attempts > 0 && (
        <span className={classes.off}>{t("log.next", { time: formats.time(nextAttemptAt) })}</span>
      )}
      {state === "failed" && <Retry delivery={delivery} />}
      {state !== "delivered" && lastError && <div className={classes.error}>{lastError}</div>}
    </>
  );
}

function Retry({ delivery }: { delivery: Delivery }) {
  const t = useTranslations("notifications.log");
  const client = useQueryClient();
  const notify = useNotify();
  const refusal = useRefusal("operator");
  const mutation = useMutation({
    mutationFn: () => retryDelivery(delivery.id),
    onSuccess: () => notify.done(t("retried")),
    onError: (error) => notify.failed(t("retry"), error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.allDeliveries }),
  });
  if (refusal !== undefined) return null;
  return (
    <Button variant="subtle" size="compact-xs" loading={mutation.isPending} onClick={() => mutation.mutate()}>
      {t("retry")}
    </Button>
  );
}
