"use client";
import { useTranslations } from "next-intl";
import type { Consequence } from "#components/forms/confirm-dialog.tsx";
import { useFigures } from "#lib/client/live.tsx";
import { capacityWithout, isUsable } from "#lib/client/usable.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";

/** Part of the capacity below which what is left is marked. */
const LITTLE_LEFT_RATIO = 0.5;

/** What it means to the pool when `node` takes no more requests. `isLast`: nobody is left to serve. */
export function useConsequences(pool: PoolView, node: NodeView): { items: Consequence[]; isLast: boolean } {
  const t = useTranslations("nodes.drain");
  const formats = useFormats();
  const inFlight = useFigures("node", node.id)?.inFlight;
  const { usable, usableAfter, leftRatio } = capacityWithout(pool, node.id);
  const isLast = isUsable(node) && usableAfter === 0;
  const tone = usableAfter === 0 ? "bad" : leftRatio !== null && leftRatio < LITTLE_LEFT_RATIO ? "warn" : "good";
  const capacity =
    leftRatio === null
      ? t("capacityUnknown")
      : t("capacityValue", {
          left: formats.percent(leftRatio),
          lost: formats.percent(leftRatio - 1).replace("-", "−"),
        });
  const items: Consequence[] = [
    { label: t("usable"), value: t("change", { before: usable, after: usableAfter }), tone },
    { label: t("capacity"), value: capacity, tone },
    { label: t("inFlight"), value: formats.integer(inFlight) },
  ];
  return { items, isLast };
}
