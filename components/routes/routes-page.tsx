"use client";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { Page } from "#components/shell/page.tsx";
import { useStagedPools, useStagedRoutes } from "#components/staging/use-change-set.ts";
import { patiently } from "#lib/client/patiently.ts";
import { poolsQuery, routesQuery } from "#lib/client/queries.ts";
import { useCan } from "#lib/client/use-can.ts";
import type { RouteView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import { DeleteRouteDialog } from "./delete-route-dialog.tsx";
import { RouteTrial } from "./route-trial.tsx";
import { RoutesTable } from "./routes-table.tsx";

/** With all its fields: loaded when it is asked for. */
const RouteForm = dynamic(patiently(() => import("./route-form.tsx").then((module) => module.RouteForm)));
/** With all that draws charts. */
const FlowDrawer = dynamic(
  patiently(() => import("#components/flows/flow-drawer.tsx").then((module) => module.FlowDrawer)),
);

/** What the active change set adds stands below what is in force, marked as staged. */
const withAdded = (routes: RouteView[], staged: RouteView[] | undefined): RouteView[] => {
  const known = new Set(routes.map(({ id }) => id));
  return [...routes, ...(staged?.filter(({ id }) => !known.has(id)) ?? [])];
};

type Open = { kind: "new" } | { kind: "edit" | "delete"; route: RouteView };

export function RoutesPage() {
  const t = useTranslations("routes");
  const query = useQuery(routesQuery);
  const inForce = useQuery(poolsQuery).data;
  const pools = useStagedPools() ?? inForce;
  const stagedRoutes = useStagedRoutes();
  const [open, setOpen] = useState<Open | null>(null);
  const [editId, setEditId] = useQueryState("edit", parseAsString);
  const [shownId, setShownId] = useQueryState("route", parseAsString);
  const shownRoute = query.data?.find(({ id }) => id === shownId);
  const mayEdit = useCan("publisher");
  const linked = mayEdit ? withAdded(query.data ?? [], stagedRoutes).find(({ id }) => id === editId) : undefined;
  const close = () => {
    setOpen(null);
    void setEditId(null);
  };
  const newRoute = (
    <GuardedButton
      needs="publisher"
      disabled={pools === undefined}
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      onClick={() => setOpen({ kind: "new" })}
    >
      {t("new")}
    </GuardedButton>
  );
  return (
    <Page title={t("title")}>
      <Panel flush title={t("title")} hint={t("hint")} aside={newRoute}>
        <QueryView query={query}>
          {(routes) => {
            const shown = withAdded(routes, stagedRoutes);
            return shown.length === 0 ? (
              <EmptyState title={t("empty.title")} text={pools?.length === 0 ? t("empty.noPool") : t("empty.text")} />
            ) : (
              <RoutesTable
                routes={shown}
                defaultPool={inForce?.find((pool) => pool.isDefault)}
                onEdit={(route) => setOpen({ kind: "edit", route })}
                onDelete={(route) => setOpen({ kind: "delete", route })}
              />
            );
          }}
        </QueryView>
      </Panel>
      {query.data && inForce && query.data.length + inForce.length > 0 && (
        <RouteTrial routes={query.data} pools={inForce} />
      )}
      {open?.kind === "new" && pools && <RouteForm pools={pools} onClose={close} />}
      {open?.kind === "edit" && pools && (
        <RouteForm
          pools={pools}
          route={query.data?.find(({ id }) => id === open.route.id) ?? open.route}
          onClose={close}
        />
      )}
      {open === null && linked && pools && <RouteForm pools={pools} route={linked} onClose={close} />}
      {shownRoute?.poolId && (
        <FlowDrawer
          flow={{ scope: "route", id: shownRoute.id }}
          title={t("traffic", { route: routeName(shownRoute) })}
          pool={{ id: shownRoute.poolId, name: shownRoute.poolName }}
          onClose={() => void setShownId(null)}
        />
      )}
      {open?.kind === "delete" && <DeleteRouteDialog route={open.route} onClose={close} />}
    </Page>
  );
}
