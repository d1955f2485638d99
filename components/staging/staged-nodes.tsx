"use client";
import { ActionIcon } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Panel } from "#components/data/panel.tsx";
import { useNodeDialogs } from "#components/nodes/node-dialogs.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { StagedMark } from "./staged-mark.tsx";
import { useConfigWriter, useStagedPools } from "./use-change-set.ts";
import { useTakeOut } from "./use-take-out.ts";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

/** Nodes that only the active change set has: they serve nobody yet. */
export function StagedNodes({ pool }: { pool: PoolView }) {
  const t = useTranslations("staging");
  const status = useTranslations("status.table");
  const formats = useFormats();
  const dialogs = useNodeDialogs();
  const writer = useConfigWriter();
  const takeOut = useTakeOut();
  const known = new Set(pool.nodes.map(({ id }) => id));
  const staged = useStagedPools()?.find(({ id }) => id === pool.id);
  const added = staged?.nodes.filter(({ id }) => !known.has(id)) ?? [];
  if (added.length === 0) return null;
  const columns = [
    { key: "node", label: status("node") },
    { key: "url", label: t("url") },
    { key: "weight", label: status("weight"), isNumber: true },
    { key: "actions", label: status("actions"), isNumber: true },
  ];
  return (
    <Panel flush title={t("addedNodes")} hint={t("notInForce")}>
      <DataTable label={t("addedNodes")} columns={columns}>
        {added.map((node) => (
          <tr key={node.id} data-staged-node={node.name}>
            <td>
              <strong>{node.name}</strong>
              <StagedMark entityId={node.id} />
            </td>
            <td className={tableClasses.mute}>{node.url}</td>
            <td className={tableClasses.number}>{formats.integer(node.weight)}</td>
            <td className={tableClasses.number}>
              <ActionIcon aria-label={t("edit", { name: node.name })} onClick={() => dialogs.edit(node.id)}>
                <IconPencil {...ICON} />
              </ActionIcon>
              <ActionIcon
                aria-label={t("takeOut", { name: node.name })}
                loading={takeOut.isPending}
                onClick={() => takeOut.mutate(() => writer.deleteNode(node.id))}
              >
                <IconTrash {...ICON} />
              </ActionIcon>
            </td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  );
}
