"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { useActiveChangeSet, useConfigWriter } from "#components/staging/use-change-set.ts";
import { useFigures } from "#lib/client/live.tsx";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import { healthQuery, keys, poolsQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { PoolView } from "#lib/contracts/views.ts";

/** Deletes a pool with its nodes; refused by the API while a route leads to it, and said so here before. */
export function DeletePoolDialog({ pool, onClose }: { pool: PoolView; onClose: () => void }) {
  const t = useTranslations("pool.delete");
  const forms = useTranslations("forms");
  const writer = useConfigWriter();
  const changeSet = useActiveChangeSet();
  const formats = useFormats();
  const notify = useNotify();
  const router = useRouter();
  const client = useQueryClient();
  const rate = useFigures("pool", pool.id)?.requestsPerSecond;
  const deletion = useMutation({
    mutationFn: () => writer.deletePool(pool.id),
    onSuccess: () => {
      if (changeSet) {
        for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
        notify.done(forms("staged", { name: changeSet.name }));
        return onClose();
      }
      client.setQueryData(poolsQuery.queryKey, (pools) => pools?.filter(({ id }) => id !== pool.id));
      void client.invalidateQueries({ queryKey: healthQuery.queryKey });
      router.push("/pools");
      client.removeQueries({ queryKey: keys.pool(pool.id), exact: true });
      notify.done(t("done", { pool: pool.name }));
    },
  });
  return (
    <ConfirmDialog
      title={t("title", { pool: pool.name })}
      lead={t("lead")}
      consequences={[
        { label: t("nodes"), value: formats.integer(pool.nodes.length) },
        { label: t("routes"), value: formats.integer(pool.routeCount), tone: pool.routeCount > 0 ? "bad" : undefined },
        { label: t("rate"), value: formats.rate(rate), tone: rate ? "warn" : undefined },
      ]}
      warning={pool.routeCount > 0 ? t("inUse") : undefined}
      typedName={pool.name}
      confirmLabel={t("confirm", { pool: pool.name })}
      isDangerous
      isPending={deletion.isPending}
      error={deletion.error}
      onConfirm={() => deletion.mutate()}
      onClose={onClose}
    />
  );
}
