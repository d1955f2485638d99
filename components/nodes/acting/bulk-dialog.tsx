"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { z } from "zod";
import { ConfirmDialog } from "#components/forms/confirm-dialog.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { operateNodes } from "#lib/client/node-operations.ts";
import type { NodeOperationResults, NodeOperationsInput } from "#lib/contracts/node-operations.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import classes from "./bulk.module.css";
import { BulkResults } from "./bulk-results.tsx";
import { DrainFields, drainInput, useDrainChoice } from "./drain-fields.tsx";
import { usePreflight } from "./use-preflight.tsx";
import { useUndo } from "./use-undo.ts";
import { WarmUpCurve } from "./warm-up-curve.tsx";

export type BulkKind = "drain" | "ready" | "maintenance" | "warm-up";
type Props = { kind: BulkKind; pool: PoolView; nodes: readonly NodeView[]; onClose: () => void };
type Input = z.input<typeof NodeOperationsInput>;

/** Asks once for all chosen nodes; then says for each what came of it, where anything failed. */
export function BulkDialog(props: Props) {
  const { kind, onClose } = props;
  // As they were when the dialog opened: that is what is told, done, and taken back.
  const [nodes] = useState(props.nodes);
  const bulk = useBulk(kind, nodes, onClose);
  const parts = { ...props, nodes, bulk };
  if (bulk.results) return <BulkResults kind={kind} nodes={nodes} bulk={bulk} onClose={onClose} />;
  switch (kind) {
    case "drain":
      return <DrainAll {...parts} />;
    case "maintenance":
      return <MaintainAll {...parts} />;
    case "ready":
      return <Plain {...parts} />;
    case "warm-up":
      return (
        <Plain {...parts}>
          <WarmUpCurve settings={props.pool.warmUp} />
        </Plain>
      );
  }
}

export type Bulk = ReturnType<typeof useBulk>;

function useBulk(kind: BulkKind, nodes: readonly NodeView[], onClose: () => void) {
  const t = useTranslations("nodes.bulk");
  const client = useQueryClient();
  const notify = useNotify();
  const undo = useUndo();
  const [results, setResults] = useState<NodeOperationResults | null>(null);
  const mutation = useMutation({
    mutationFn: (input: Input) => operateNodes(client, input),
    onSuccess: (answer) => {
      const changed = new Set(answer.results.flatMap(({ ok, nodeId }) => (ok ? [nodeId] : [])));
      const before = nodes.filter(({ id }) => changed.has(id));
      const takeBack = kind === "warm-up" || before.length === 0 ? undefined : undo(before);
      if (before.length > 0) notify.done(t(`done.${kind}`, { count: before.length }), takeBack);
      if (answer.failed === 0) onClose();
      else setResults(answer);
    },
  });
  return { results, mutation };
}

type Parts = Props & { bulk: Bulk; children?: React.ReactNode };

function Names({ nodes }: { nodes: readonly NodeView[] }) {
  const t = useTranslations("nodes.bulk");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <ul className={classes.names} aria-label={t("names")} tabIndex={0}>
      {nodes.map(({ id, name }) => (
        <li key={id}>{name}</li>
      ))}
    </ul>
  );
}

const idsOf = (nodes: readonly NodeView[]) => nodes.map(({ id }) => id);

function DrainAll({ pool, nodes, bulk: { mutation }, onClose }: Parts) {
  const t = useTranslations("nodes.bulk");
  const drain = useTranslations("nodes.drain");
  const { isUnsafe, error, ...preflight } = usePreflight(pool, nodes, "drain");
  const choice = useDrainChoice(pool);
  const input: Input = { action: "drain", nodeIds: idsOf(nodes), ...drainInput(choice), override: isUnsafe };
  return (
    <ConfirmDialog
      title={t("title.drain", { count: nodes.length })}
      lead={drain(choice.keepSessions ? "leadKeeping" : "lead")}
      {...preflight}
      confirmLabel={t("confirm.drain", { count: nodes.length })}
      isDangerous={isUnsafe}
      isPending={mutation.isPending}
      error={mutation.error ?? error}
      onConfirm={() => mutation.mutate(input)}
      onClose={onClose}
    >
      <Names nodes={nodes} />
      <DrainFields choice={choice} isSticky={pool.stickiness.mode !== "off"} />
    </ConfirmDialog>
  );
}

function MaintainAll({ pool, nodes, bulk: { mutation }, onClose }: Parts) {
  const t = useTranslations("nodes.bulk");
  const maintenance = useTranslations("nodes.maintenance");
  const { isUnsafe, error, ...preflight } = usePreflight(pool, nodes, "maintenance");
  return (
    <ConfirmDialog
      title={t("title.maintenance", { count: nodes.length })}
      lead={maintenance("lead")}
      {...preflight}
      confirmLabel={t("confirm.maintenance", { count: nodes.length })}
      isDangerous={isUnsafe}
      isPending={mutation.isPending}
      error={mutation.error ?? error}
      onConfirm={() => mutation.mutate({ action: "maintenance", nodeIds: idsOf(nodes), override: isUnsafe })}
      onClose={onClose}
    >
      <Names nodes={nodes} />
    </ConfirmDialog>
  );
}

/** What takes no capacity away needs no pre-flight. */
function Plain({ kind, nodes, bulk: { mutation }, onClose, children }: Parts) {
  const t = useTranslations("nodes.bulk");
  if (kind !== "ready" && kind !== "warm-up") return null;
  return (
    <ConfirmDialog
      title={t(`title.${kind}`, { count: nodes.length })}
      lead={t(`lead.${kind}`)}
      confirmLabel={t(`confirm.${kind}`, { count: nodes.length })}
      isPending={mutation.isPending}
      error={mutation.error}
      onConfirm={() => mutation.mutate({ action: kind, nodeIds: idsOf(nodes) })}
      onClose={onClose}
    >
      <Names nodes={nodes} />
      {children}
    </ConfirmDialog>
  );
}
