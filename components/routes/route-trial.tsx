"use client";
import { NativeSelect, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import type { PoolView, RouteView } from "#lib/contracts/views.ts";
import { compileRoutes } from "#lib/core/routing/compile.ts";
import { matchRoute } from "#lib/core/routing/match.ts";
import { compileRedirect, redirectLocation } from "#lib/core/routing/redirect.ts";
import { normalPrefix, routeName } from "#lib/core/routing/specificity.ts";
import classes from "./routes.module.css";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Host and path of what people paste: with or without scheme, port, query. */
export function splitAddress(text: string): { host: string; path: string } | null {
  const address = text.trim();
  if (address === "") return null;
  const full = /^https?:\/\//i.test(address) ? address : `http://${address.startsWith("/") ? "any" : ""}${address}`;
  if (!URL.canParse(full)) return null;
  const url = new URL(full);
  return { host: address.startsWith("/") ? "" : url.hostname, path: url.pathname };
}

/** Where its redirect leads; nothing for other routes. */
function locationOf({ action, match }: RouteView, parts: { host: string; path: string }): string {
  if (action?.kind !== "redirect") return "";
  return redirectLocation(compileRedirect(action.location, normalPrefix(match.pathPrefix)), { ...parts, query: "" });
}

type Props = { routes: readonly RouteView[]; pools: readonly PoolView[] };

/** Says where a request would go, by the very matcher that the proxy uses. Conditions on headers are not met. */
export function RouteTrial({ routes, pools }: Props) {
  const t = useTranslations("routes.try");
  const [method, setMethod] = useState("GET");
  const [address, setAddress] = useState("");
  const table = useMemo(() => compileRoutes({ pools: [...pools], routes: [...routes] }), [pools, routes]);
  const parts = splitAddress(address);
  const target = parts && matchRoute(table, { ...parts, method, header: () => undefined });
  const route = routes.find(({ id }) => id === target?.routeId);
  const pool = pools.find(({ id }) => id === target?.poolId)?.name ?? "";
  const answer = route?.action
    ? t(route.action.kind === "redirect" ? "redirect" : "respond", {
        status: route.action.status,
        location: parts ? locationOf(route, parts) : "",
        route: routeName(route),
      })
    : route
      ? t("goes", { pool, route: routeName(route) })
      : target
        ? t("default", { pool })
        : t("none");
  return (
    <Panel title={t("title")} hint={t("hint")}>
      <div className={classes.trial}>
        <NativeSelect
          size="xs"
          aria-label={t("method")}
          className={classes.method}
          data={METHODS}
          value={method}
          onChange={(event) => setMethod(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          aria-label={t("url")}
          placeholder={t("placeholder")}
          className={classes.url}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <p className={classes.answer} role="status" data-tone={parts && !target ? "warn" : undefined}>
          {parts ? answer : "\u00a0"}
        </p>
      </div>
    </Panel>
  );
}
