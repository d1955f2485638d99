"use client";
import { Checkbox } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { DurationInput } from "#components/forms/duration-input.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { useConsequences } from "./use-consequences.ts";
import { useNodeAction } from "./use-node-action.ts";

type Props = { pool: PoolView; node: NodeView; onClose: () => void };

/** Asks before a drain, says what becomes of the pool, and wants the name typed when nobody would be left to serve. */
export function DrainDialog({ pool, node, onClose }: Props) {
  const t = useTranslations("nodes.drain");
  const action = useNodeAction(node, { isInDialog: true });
  const { items, isLast } = useConsequences(pool, node);
  const [timeoutMs, setTimeoutMs] = useState<number | string>(pool.drainTimeoutMs);
  const [keepSessions, setKeepSessions] = useState(false);
  const isSticky = pool.stickiness.mode !== "off";
  const confirm = () =>
    action.mutate(
      { action: "drain", keepSessions, timeoutMs: typeof timeoutMs === "number" ? timeoutMs : undefined },
      { onSuccess: onClose },
    );
  return (
    <ConfirmDialog
      title={t("title", { node: node.name })}
      lead={t(keepSessions ? "leadKeeping" : "lead")}
      consequences={items}
      warning={isLast ? t("last", { pool: pool.name }) : undefined}
      typedName={isLast ? node.name : undefined}
      confirmLabel={t("confirm", { node: node.name })}
      isDangerous={isLast}
      isPending={action.isPending}
      error={action.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <DurationInput
        label={t("cutAfter")}
        description={t(keepSessions ? "cutAfterKeepingHelp" : "cutAfterHelp")}
        value={timeoutMs}
        onChange={setTimeoutMs}
      />
      {isSticky && (
        <Checkbox
          label={t("keepSessions")}
          description={t("keepSessionsHelp")}
          checked={keepSessions}
          onChange={(event) => setKeepSessions(event.currentTarget.checked)}
        />
      )}
    </ConfirmDialog>
  );
}
