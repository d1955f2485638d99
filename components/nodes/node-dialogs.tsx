"use client";
import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";
import { createContext, useContext, useMemo, useState } from "react";
import { useStagedPools } from "#components/staging/use-change-set.ts";
import { patiently } from "#lib/client/patiently.ts";
import { useCan } from "#lib/client/use-can.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { CutDialog } from "./cut-dialog.tsx";
import { DeleteNodeDialog } from "./delete-node-dialog.tsx";
import { DrainDialog } from "./drain-dialog.tsx";
import { MaintenanceDialog } from "./maintenance-dialog.tsx";
import { TripBreakerDialog } from "./trip-breaker-dialog.tsx";

/** With all their fields: loaded when they are asked for. */
const NodeForm = dynamic(patiently(() => import("./node-form.tsx").then((module) => module.NodeForm)));
const WeightsDialog = dynamic(
  patiently(() => import("./acting/weights-dialog.tsx").then((module) => module.WeightsDialog)),
);
const WarmUpDialog = dynamic(
  patiently(() => import("./acting/warm-up-dialog.tsx").then((module) => module.WarmUpDialog)),
);

type OfNode = "warmUp" | "weight" | "drain" | "cut" | "maintenance" | "tripBreaker" | "delete" | "edit";
export type OpenNodeDialog = { add: () => void } & Record<OfNode, (nodeId: string) => void>;
type Open = { kind: "add" } | { kind: OfNode; nodeId: string };

const DialogsContext = createContext<OpenNodeDialog | null>(null);

/** Opens dialogs about the nodes of the pool on screen, from its rows, its drawer or its toolbar. */
export function useNodeDialogs(): OpenNodeDialog {
  const dialogs = useContext(DialogsContext);
  if (!dialogs) throw new Error("NodeDialogs is missing above this component");
  return dialogs;
}

/** Holds the one dialog that is open. It reads its node from `pool`, so that its figures stay current while it is open. */
export function NodeDialogs({ pool, children }: { pool: PoolView; children: React.ReactNode }) {
  const [open, setOpen] = useState<Open | null>(null);
  const dialogs = useMemo<OpenNodeDialog>(
    () => ({
      add: () => setOpen({ kind: "add" }),
      drain: (nodeId) => setOpen({ kind: "drain", nodeId }),
      warmUp: (nodeId) => setOpen({ kind: "warmUp", nodeId }),
      weight: (nodeId) => setOpen({ kind: "weight", nodeId }),
      cut: (nodeId) => setOpen({ kind: "cut", nodeId }),
      maintenance: (nodeId) => setOpen({ kind: "maintenance", nodeId }),
      tripBreaker: (nodeId) => setOpen({ kind: "tripBreaker", nodeId }),
      delete: (nodeId) => setOpen({ kind: "delete", nodeId }),
      edit: (nodeId) => setOpen({ kind: "edit", nodeId }),
    }),
    [],
  );
  // A link from elsewhere, such as from the review of a change set, leads straight to the form.
  const [linked, setLinked] = useQueryState("edit", parseAsString);
  const mayEdit = useCan("publisher");
  const shown = open ?? (linked !== null && mayEdit ? { kind: "edit" as const, nodeId: linked } : null);
  const close = () => {
    setOpen(null);
    void setLinked(null);
  };
  return (
    <DialogsContext value={dialogs}>
      {children}
      {shown && <OpenDialog open={shown} pool={pool} onClose={close} />}
    </DialogsContext>
  );
}

function OpenDialog({ open, pool, onClose }: { open: Open; pool: PoolView; onClose: () => void }) {
  const staged = useStagedPools()?.find(({ id }) => id === pool.id);
  if (open.kind === "add") return <NodeForm pool={pool} onClose={onClose} />;
  // What only the change set has is edited and taken out there; runtime operations are for what serves.
  const node = [...pool.nodes, ...(staged?.nodes ?? [])].find(({ id }) => id === open.nodeId);
  if (!node) return null;
  const props = { pool, node, onClose };
  switch (open.kind) {
    case "drain":
      return <DrainDialog {...props} />;
    case "warmUp":
      return <WarmUpDialog {...props} />;
    case "weight":
      return <WeightsDialog pool={pool} nodes={[node]} onClose={onClose} />;
    case "cut":
      return <CutDialog node={node} onClose={onClose} />;
    case "maintenance":
      return <MaintenanceDialog {...props} />;
    case "tripBreaker":
      return <TripBreakerDialog {...props} />;
    case "delete":
      return <DeleteNodeDialog {...props} />;
    case "edit":
      return <NodeForm {...props} />;
  }
}
