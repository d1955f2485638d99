"use client";
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { EmptyState } from "#components/data/empty-state.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { type Between, nodeEventsQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { HealthEvent } from "#lib/contracts/runtime.ts";
import classes from "./node-events.module.css";
import { useReasonText } from "./use-reason-text.ts";

/** What happened to a node, the newest first; of a piece of the past where one is given. */
export function NodeEvents({ nodeId, between }: { nodeId: string; between?: Between }) {
  const t = useTranslations("nodes.drawer");
  const common = useTranslations("common");
  const query = useInfiniteQuery(nodeEventsQuery(nodeId, between));
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const events = pages.flatMap((page) => page.items);
        if (events.length === 0) return <EmptyState title={t("noEvents")} />;
        return (
          <>
            <ol className={classes.list}>
              {events.map((event) => (
                <Event key={event.id} event={event} />
              ))}
            </ol>
            {query.hasNextPage && (
              <Button
                variant="default"
                mt={8}
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {common("loadMore")}
              </Button>
            )}
          </>
        );
      }}
    </QueryView>
  );
}

const DAY_MS = 86_400_000;

function Event({ event }: { event: HealthEvent }) {
  const t = useTranslations("nodes");
  const reasonText = useReasonText();
  const formats = useFormats();
  const atMs = Date.parse(event.at);
  const word = (value: string) => {
    const key = `factValue.${value}` as "factValue.ready";
    return t.has(key) ? t(key) : reasonText(value);
  };
  const reason = () => {
    const [, by] = /^by (.+)$/.exec(event.reason) ?? [];
    if (by) return t("event.by", { by });
    const key = `cause.${event.reason}` as "cause.manual";
    return t.has(key) ? t(key) : reasonText(event.reason);
  };
  const isOld = Date.now() - atMs > DAY_MS;
  return (
    <li className={classes.event}>
      <time dateTime={event.at} title={`${formats.dateTime(atMs)} ${formats.zone(atMs)}`} className={classes.time}>
        {isOld && `${formats.day(atMs)} `}
        {formats.time(atMs)}
      </time>
      <span>
        <strong>{t(`event.${event.fact}`)}</strong> {t("event.change", { from: word(event.from), to: word(event.to) })}
        {event.reason && event.reason !== "ok" && <span className={classes.reason}> {reason()}</span>}
      </span>
    </li>
  );
}
