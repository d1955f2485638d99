"use client";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { GuardedButton } from "#components/forms/guarded.tsx";
import { Page } from "#components/shell/page.tsx";
import { poolsQuery, routesQuery } from "#lib/client/queries.ts";
import type { RouteView } from "#lib/contracts/views.ts";
import { DeleteRouteDialog } from "./delete-route-dialog.tsx";
import { RouteForm } from "./route-form.tsx";
import { RouteTrial } from "./route-trial.tsx";
import { RoutesTable } from "./routes-table.tsx";

type Open = { kind: "new" } | { kind: "edit" | "delete"; route: RouteView };

export function RoutesPage() {
  const t = useTranslations("routes");
  const query = useQuery(routesQuery);
  const pools = useQuery(poolsQuery).data;
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
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
          {(routes) =>
            routes.length === 0 ? (
              <EmptyState title={t("empty.title")} text={pools?.length === 0 ? t("empty.noPool") : t("empty.text")} />
            ) : (
              <RoutesTable
                routes={routes}
                defaultPool={pools?.find((pool) => pool.isDefault)}
                onEdit={(route) => setOpen({ kind: "edit", route })}
                onDelete={(route) => setOpen({ kind: "delete", route })}
              />
            )
          }
        </QueryView>
      </Panel>
      {query.data && pools && query.data.length + pools.length > 0 && <RouteTrial routes={query.data} pools={pools} />}
      {open?.kind === "new" && pools && <RouteForm pools={pools} onClose={close} />}
      {open?.kind === "edit" && pools && (
        <RouteForm
          pools={pools}
          route={query.data?.find(({ id }) => id === open.route.id) ?? open.route}
          onClose={close}
        />
      )}
      {open?.kind === "delete" && <DeleteRouteDialog route={open.route} onClose={close} />}
    </Page>
  );
}
