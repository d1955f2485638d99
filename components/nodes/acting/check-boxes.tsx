"use client";
import { Checkbox } from "@mantine/core";
import { useTranslations } from "next-intl";
import type { NodeView } from "#lib/contracts/views.ts";
import type { Selection } from "./use-selection.ts";

export function CheckAll({ count, selection }: { count: number; selection: Selection }) {
  const t = useTranslations("nodes.bulk");
  const { size } = selection.ids;
  return (
    <Checkbox
      size="xs"
      aria-label={t("chooseAll")}
      checked={size === count}
      indeterminate={size > 0 && size < count}
      onChange={selection.toggleAll}
    />
  );
}

type RowProps = { node: NodeView; isChecked: boolean; onCheck: (nodeId: string) => void };

export function CheckRow({ node, isChecked, onCheck }: RowProps) {
  const t = useTranslations("nodes.bulk");
  return (
    <Checkbox
      size="xs"
      aria-label={t("choose", { node: node.name })}
      checked={isChecked}
      onChange={() => onCheck(node.id)}
    />
  );
}

/** Given to tables that need them: the overview's does not, nor need it load them. */
export const CHECK_BOXES = { CheckAll, CheckRow } as const;
export type CheckBoxes = typeof CHECK_BOXES;
