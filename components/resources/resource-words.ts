"use client";
import { useTranslations } from "next-intl";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { MISSING } from "#lib/client/format.ts";
import { useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeResources, ResourceMissing } from "#lib/contracts/resources.ts";
import { detailText } from "#lib/i18n/detail-text.ts";

/** A figure as it is shown: short, its share where it has one, and what is to be said of it; of a missing one, why it is. */
export type ShownFigure = { short: string; ratio: number | null; text: string; isMissing: boolean };
export type ShownResources = Record<"cpu" | "memory" | "backlog", ShownFigure>;

/** How often it is looked whether figures grew old. */
const LOOK_MS = 5_000;

/** Makes words of what is known of nodes' resources; what is too old by now is missing, whoever still shows it. */
export function useResourceWords(): (resources: NodeResources) => ShownResources {
  const t = useTranslations("resources");
  const status = useTranslations("status");
  const formats = useFormats();
  const reasonText = useReasonText();
  const nowMs = useServerNow(LOOK_MS);
  const missing = (reason: string, detail: string): ShownFigure => {
    const code = reason as ResourceMissing;
    const words = t.has(`missing.${code}`) ? t(`missing.${code}`) : reasonText(reason);
    const text = [words, detailText(status, detail)].filter(Boolean).join(": ");
    return { short: MISSING, ratio: null, text, isMissing: true };
  };
  const known = (short: string, ratio: number | null, text = short): ShownFigure => ({
    ...{ short, ratio, text, isMissing: false },
  });
  return ({ cpu, memory, backlog, expiresMs }) => {
    if (expiresMs !== null && nowMs >= expiresMs) {
      const old = missing("too-old", "");
      return { cpu: old, memory: old, backlog: old };
    }
    return {
      cpu:
        cpu.state === "missing"
          ? missing(cpu.reason, cpu.detail)
          : known(formats.percent(cpu.ratio), cpu.ratio, cpu.of === "process" ? t("ofProcess") : ""),
      memory: memory.state === "missing" ? missing(memory.reason, memory.detail) : known(...memoryWords(memory)),
      backlog:
        backlog.state === "missing"
          ? missing(backlog.reason, backlog.detail)
          : known(formats.integer(backlog.waiting), null, ""),
    };
  };

  function memoryWords(memory: NodeResources["memory"] & { state: "known" }): [string, number | null, string] {
    const used = formats.bytes(memory.usedBytes);
    if (memory.limitBytes === null) return [used, null, t("noLimit", { used })];
    const text = t("ofLimit", { used, limit: formats.bytes(memory.limitBytes) });
    return [formats.percent(memory.ratio), memory.ratio, text];
  }
}
