"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { deleteRoute } from "#lib/client/mutations.ts";
import { healthQuery, keys, routesQuery } from "#lib/client/queries.ts";
import type { RouteView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";

export function DeleteRouteDialog({ route, onClose }: { route: RouteView; onClose: () => void }) {
  const t = useTranslations("routes.delete");
  const notify = useNotify();
  const client = useQueryClient();
  const name = routeName(route);
  const deletion = useMutation({
    mutationFn: () => deleteRoute(route.id),
    onSuccess: () => {
      client.setQueryData(routesQuery.queryKey, (routes) => routes?.filter(({ id }) => id !== route.id));
      for (const queryKey of [keys.pools, healthQuery.queryKey]) void client.invalidateQueries({ queryKey });
      notify.done(t("done", { route: name }));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("title", { route: name })}
      lead={t("lead")}
      consequences={[{ label: t("pool"), value: route.poolId === null ? t("byItself") : route.poolName }]}
      confirmLabel={t("confirm")}
      isDangerous
      isPending={deletion.isPending}
      error={deletion.error}
      onConfirm={() => deletion.mutate()}
      onClose={onClose}
    />
  );
}
