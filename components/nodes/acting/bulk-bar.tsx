"use client";
import { Button } from "@mantine/core";
import { IconDroplet, IconFlame, IconPlayerPlay, IconScale, IconTool } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { patiently } from "#lib/client/patiently.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import classes from "./bulk.module.css";
import type { BulkKind } from "./bulk-dialog.tsx";
import type { Selection } from "./use-selection.ts";

const BulkDialog = dynamic(patiently(() => import("./bulk-dialog.tsx").then((module) => module.BulkDialog)));
const WeightsDialog = dynamic(patiently(() => import("./weights-dialog.tsx").then((module) => module.WeightsDialog)));

const ICONS = {
  drain: IconDroplet,
  ready: IconPlayerPlay,
  maintenance: IconTool,
  "warm-up": IconFlame,
} as const satisfies Record<BulkKind, typeof IconFlame>;
const KINDS = Object.keys(ICONS) as BulkKind[];

type Open = { kind: BulkKind | "weights"; nodes: readonly NodeView[] };

/** While nodes are chosen: how many, and what can be done to all of them. It stays at the bottom of the screen. */
export function BulkBar({ pool, selection }: { pool: PoolView; selection: Selection }) {
  const t = useTranslations("nodes.bulk");
  const [open, setOpen] = useState<Open | null>(null);
  const chosen = pool.nodes.filter(({ id }) => selection.ids.has(id));
  const close = () => setOpen(null);
  return (
    <>
      {chosen.length > 0 && (
        <section className={classes.bar} aria-label={t("label")}>
          <strong className={classes.count} role="status">
            {t("chosen", { count: chosen.length })}
          </strong>
          <span className={classes.tools}>
            {KINDS.map((kind) => {
              const Icon = ICONS[kind];
              return (
                <GuardedButton
                  key={kind}
                  needs="operator"
                  variant="default"
                  size="compact-sm"
                  leftSection={<Icon size={14} stroke={1.7} aria-hidden="true" />}
                  onClick={() => setOpen({ kind, nodes: chosen })}
                >
                  {t(`action.${kind}`)}
                </GuardedButton>
              );
            })}
            <GuardedButton
              needs="publisher"
              variant="default"
              size="compact-sm"
              leftSection={<IconScale size={14} stroke={1.7} aria-hidden="true" />}
              onClick={() => setOpen({ kind: "weights", nodes: chosen })}
            >
              {t("action.weights")}
            </GuardedButton>
            <Button variant="subtle" size="compact-sm" onClick={selection.clear}>
              {t("clear")}
            </Button>
          </span>
        </section>
      )}
      {open?.kind === "weights" && <WeightsDialog pool={pool} nodes={open.nodes} onClose={close} />}
      {open && open.kind !== "weights" && (
        <BulkDialog kind={open.kind} pool={pool} nodes={open.nodes} onClose={close} />
      )}
    </>
  );
}
