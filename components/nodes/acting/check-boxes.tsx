"use client";
import { useTranslations } from "next-intl";
import type { NodeView } from "#lib/contracts/views.ts";
import classes from "./check-boxes.module.css";
import type { Selection } from "./use-selection.ts";

/** The browser's own: a library's in each row of a large table is slow to make. */
export function CheckAll({ count, selection }: { count: number; selection: Selection }) {
  const t = useTranslations("nodes.bulk");
  const { size } = selection.ids;
  return (
    <input
      type="checkbox"
      className={classes.box}
      aria-label={t("chooseAll")}
      checked={size === count}
      ref={(box) => {
        if (box) box.indeterminate = size > 0 && size < count;
      }}
      onChange={selection.toggleAll}
    />
  );
}

type RowProps = { node: NodeView; isChecked: boolean; onCheck: (nodeId: string) => void };

export function CheckRow({ node, isChecked, onCheck }: RowProps) {
  const t = useTranslations("nodes.bulk");
  return (
    <input
      type="checkbox"
      className={classes.box}
      aria-label={t("choose", { node: node.name })}
      checked={isChecked}
      onChange={() => onCheck(node.id)}
    />
  );
}

/** Given to tables that need them: the overview's does not, nor need it load them. */
export const CHECK_BOXES = { CheckAll, CheckRow } as const;
export type CheckBoxes = typeof CHECK_BOXES;
