"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { useActiveChangeSet, useConfigWriter } from "#components/staging/use-change-set.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import { routesQuery } from "#lib/client/queries.ts";
import type { RouteView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";

export function DeleteRouteDialog({ route, onClose }: { route: RouteView; onClose: () => void }) {
  const t = useTranslations("routes.delete");
  const notify = useNotify();
  const client = useQueryClient();
  const forms = useTranslations("forms");
  const writer = useConfigWriter();
  const changeSet = useActiveChangeSet();
  const name = routeName(route);
  const deletion = useMutation({
    mutationFn: () => writer.deleteRoute(route.id),
    onSuccess: () => {
      if (!changeSet) client.setQueryData(routesQuery.queryKey, (all) => all?.filter(({ id }) => id !== route.id));
      for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
      notify.done(changeSet ? forms("staged", { name: changeSet.name }) : t("done", { route: name }));
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
