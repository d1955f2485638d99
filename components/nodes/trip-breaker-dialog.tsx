"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { DurationInput } from "#components/forms/duration-input.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { usePreflight } from "./acting/use-preflight.tsx";
import { useNodeAction } from "./use-node-action.ts";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

const USUAL_MS = 300_000;

/** Asks before a breaker is opened by hand, and for how long. */
export function TripBreakerDialog({ pool, node, onClose }: Props) {
  const t = useTranslations("nodes.tripBreaker");
  const action = useNodeAction(node, { isInDialog: true });
  const [chosen] = useState([node]);
  const { isUnsafe, error, ...preflight } = usePreflight(pool, chosen, "trip-breaker");
  const [forMs, setForMs] = useState<number | string>(USUAL_MS);
  const input = { forMs: typeof forMs === "number" ? forMs : undefined, override: isUnsafe };
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t("lead")}
      {...preflight}
      confirmLabel={t("confirm")}
      isDangerous={isUnsafe}
      isPending={action.isPending}
      error={action.error ?? error}
      onConfirm={() => action.mutate({ action: "trip-breaker", ...input }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <DurationInput label={t("for")} description={t("forHelp")} value={forMs} onChange={setForMs} />
    </ConfirmDialog>
  );
}
