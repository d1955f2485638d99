"use client";
import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { MISSING } from "#lib/client/format.ts";
import { resourcesQuery } from "#lib/client/resource-queries.ts";
import { useResourceWords } from "./resource-words.ts";
import classes from "./resources.module.css";

/** CPU, memory and queue of a node in one cell of a table; a missing one is a dash, and its title says why. */
export function ResourceCell({ nodeId, poolId }: { nodeId: string; poolId: string }) {
  const t = useTranslations("resources");
  const words = useResourceWords();
  const { data } = useQuery({
    ...resourcesQuery(poolId),
    select: (nodes) => nodes.find((one) => one.nodeId === nodeId),
  });
  if (!data) return MISSING;
  const { cpu, memory, backlog } = words(data);
  const told = ({ short, text }: typeof cpu) => [short, text].filter(Boolean).join(" – ");
  const whole = t("cell", { cpu: told(cpu), memory: told(memory), backlog: told(backlog) });
  return (
    <span className={classes.cell} title={whole}>
      <span aria-hidden="true">
        {cpu.short} · {memory.short} · {backlog.short}
      </span>
      <VisuallyHidden>{whole}</VisuallyHidden>
    </span>
  );
}
