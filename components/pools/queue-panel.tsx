"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { classHref } from "#components/flows/flow-href.ts";
import { useFigures, useQueues } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import { DEFAULT_CLASS } from "#lib/contracts/config.ts";
import type { QueueFigures } from "#lib/contracts/metrics.ts";
import type { PoolView } from "#lib/contracts/views.ts";

const COLUMNS = ["queued", "limit", "oldest", "longest", "refused", "timedOut"] as const;
const NOBODY = { queued: 0, oldestWaitMs: 0, refused: 0, timedOut: 0 };

type Queue = { name: string; maxQueue: number; queueMs: number };

/** Who waits for a slot now, in the order in which the queues are served. Not drawn for a pool without classes whose queue is empty. */
export function QueuePanel({ pool }: { pool: PoolView }) {
  const t = useTranslations("pool.queues");
  const queues = useQueues(pool.id);
  const isMeasured = useFigures("pool", pool.id) !== undefined;
  if (pool.classes.length === 0 && queues.length === 0) return null;
  const rest: Queue = { name: DEFAULT_CLASS, maxQueue: pool.maxQueue, queueMs: pool.timeouts.queueMs };
  const columns = [
    { key: "name", label: t("class") },
    ...COLUMNS.map((key) => ({ key, label: t(key), isNumber: true })),
  ];
  return (
    <Panel flush title={t("title")} hint={t("hint")}>
      <DataTable label={t("title")} columns={columns}>
        {[...pool.classes, rest].map((queue) => {
          const figures = queues.find(({ name }) => name === queue.name) ?? NOBODY;
          const href = pool.classes.length > 0 ? classHref(pool.id, queue.name) : null;
          return <QueueRow key={queue.name} queue={queue} href={href} figures={isMeasured ? figures : null} />;
        })}
      </DataTable>
    </Panel>
  );
}

/**
 * @param href where its traffic is; null: the pool has no classes
 * @param figures null: nothing was measured, which is not the same as nobody waiting
 */
function QueueRow({
  queue,
  href,
  figures,
}: {
  queue: Queue;
  href: Route | null;
  figures: Pick<QueueFigures, "queued" | "oldestWaitMs" | "refused" | "timedOut"> | null;
}) {
  const t = useTranslations("pool.queues");
  const formats = useFormats();
  const numbers = [
    formats.integer(figures?.queued),
    formats.integer(queue.maxQueue),
    figures === null || figures.queued > 0 ? formats.msUnit(figures?.oldestWaitMs) : t("nobody"),
    formats.duration(queue.queueMs),
    formats.integer(figures?.refused),
    formats.integer(figures?.timedOut),
  ];
  const name = queue.name === DEFAULT_CLASS ? t("rest") : queue.name;
  return (
    <tr>
      <td className={tableClasses.name}>
        {href === null ? (
          name
        ) : (
          <Link href={href} className={tableClasses.name} scroll={false}>
            {name}
          </Link>
        )}
      </td>
      {numbers.map((number, at) => (
        <td key={COLUMNS[at]} className={tableClasses.number}>
          {number}
        </td>
      ))}
    </tr>
  );
}
