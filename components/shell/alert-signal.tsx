"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useAlertText } from "#components/alerts/use-alert-text.ts";
import { showNotice } from "#lib/client/browser-notices.ts";
import { firingAlertsQuery } from "#lib/client/queries.ts";

/** Whether this browser is to tell of alerts; kept for it alone. */
export const ALERT_SIGNAL_KEY = "gb-alert-notifications";

/** The count of firing alerts before the page's title, and, where it was asked for, the browser's own notifications. */
export function AlertSignal() {
  const { data } = useQuery(firingAlertsQuery);
  const text = useAlertText();
  const known = useRef<Set<string> | null>(null);
  const told = data?.filter(({ muted }) => muted === null || muted.kind === "expected");
  const count = told?.length ?? 0;
  useEffect(() => {
    const mark = () => {
      const bare = document.title.replace(/^\(\d+\) /, "");
      const wanted = count > 0 ? `(${count}) ${bare}` : bare;
      if (document.title !== wanted) document.title = wanted;
    };
    mark();
    // Pages set their own titles as they come.
    const watch = new MutationObserver(mark);
    watch.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => watch.disconnect();
  }, [count]);
  useEffect(() => {
    if (!told) return;
    const before = known.current;
    known.current = new Set(told.map(({ id }) => id));
    // What fires already when the page is opened is no news.
    if (before === null || localStorage.getItem(ALERT_SIGNAL_KEY) !== "on") return;
    for (const alert of told.filter(({ id }) => !before.has(id)).slice(0, 3))
      showNotice(text(alert), { body: alert.poolName, tag: alert.id }, () =>
        window.open(`/alerts/${alert.id}`, "_self"),
      );
  }, [told, text]);
  return null;
}
