"use client";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { AlertLevel } from "#components/alerts/alert-level.tsx";
import { AlertReason } from "#components/alerts/alert-reason.tsx";
import { alertHref } from "#components/alerts/alert-table.tsx";
import { useAlertText } from "#components/alerts/use-alert-text.ts";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { firingAlertsQuery } from "#lib/client/queries.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import classes from "./overview-page.module.css";

const SHOWN = 6;

function AlertItem({ alert }: { alert: Alert }) {
  const alertText = useAlertText();
  return (
    <li className={classes.item}>
      <AlertLevel level={alert.level} />
      <div>
        <Link href={alertHref(alert)} className={classes.itemTitle}>
          {alertText(alert)}
        </Link>
        <div className={classes.itemText}>
          {alert.poolName} · <AlertReason alert={alert} />
        </div>
      </div>
      <span className={classes.itemText}>
        <RelativeTime at={alert.firedAt} />
      </span>
    </li>
  );
}

/** As many as there is room for: of the worst level first, of one level the newest. */
const worstFirst = (alerts: readonly Alert[]) => alerts.toSorted((a, b) => a.level - b.level).slice(0, SHOWN);

export function ActiveAlerts() {
  const t = useTranslations("overview");
  const query = useQuery(firingAlertsQuery);
  const all = (
    <Link href={"/alerts" as Route} className={classes.link}>
      {t("allAlerts")} →
    </Link>
  );
  return (
    <Panel title={t("alerts")} aside={all}>
      <QueryView query={query}>
        {(alerts) =>
          alerts.length === 0 ? (
            <EmptyState title={t("noAlerts")} text={t("noAlertsText")} />
          ) : (
            <ul className={classes.list}>
              {worstFirst(alerts).map((alert) => (
                <AlertItem key={alert.id} alert={alert} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Panel>
  );
}
