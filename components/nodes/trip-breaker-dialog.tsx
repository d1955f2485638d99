"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { DurationInput } from "#components/forms/duration-input.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { useConsequences } from "./use-consequences.ts";
import { useNodeAction } from "./use-node-action.ts";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

const USUAL_MS = 300_000;

/** Asks before a breaker is opened by hand, and for how long. */
export function TripBreakerDialog({ pool, node, onClose }: Props) {
  const t = useTranslations("nodes.tripBreaker");
  const drain = useTranslations("nodes.drain");
  const action = useNodeAction(node, { isInDialog: true });
  const { items, isLast } = useConsequences(pool, node);
  const [forMs, setForMs] = useState<number | string>(USUAL_MS);
  const input = { action: "trip-breaker", forMs: typeof forMs === "number" ? forMs : undefined } as const;
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t("lead")}
      consequences={items}
      warning={isLast ? drain("last", { pool: pool.name }) : undefined}
      typedName={isLast ? node.name : undefined}
      confirmLabel={t("confirm")}
      isDangerous={isLast}
      isPending={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate(input, { onSuccess: onClose })}
      onClose={onClose}
    >
      <DurationInput label={t("for")} description={t("forHelp")} value={forMs} onChange={setForMs} />
    </ConfirmDialog>
  );
}
