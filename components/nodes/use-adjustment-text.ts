"use client";
import { useTranslations } from "next-intl";
import { useFormats } from "#lib/client/use-formats.ts";
import type { Adjustment, DynamicWeight } from "#lib/contracts/runtime.ts";
import { useReasonText } from "./use-reason-text.ts";

/** Says why a node's weight is what it is, with the figures it was decided by; empty when nothing was decided. */
export function useAdjustmentText(): (adjustment: Adjustment) => string {
  const t = useTranslations("nodes.factValue");
  const formats = useFormats();
  const reasonText = useReasonText();
  const figuresOf = ({ requests, minimumRequests, meanMs, errorRatio, factor, target }: DynamicWeight): string => {
    if (requests < minimumRequests)
      return t("figuresFew", { requests: formats.integer(requests), minimum: formats.integer(minimumRequests) });
    const ms = formats.msUnit(meanMs);
    const figures = t("figures", { ms, errors: formats.percent(errorRatio), requests: formats.integer(requests) });
    const isThere = target === null || Math.abs(target - factor) < 0.02;
    return isThere ? figures : t("figuresTarget", { figures, target: formats.percent(target) });
  };
  return ({ dynamic, degrade }) =>
    [
      dynamic &&
        t("dynamic", {
          percent: formats.percent(dynamic.factor),
          why: reasonText(`weight-${dynamic.reason}`),
          figures: figuresOf(dynamic),
        }),
      degrade && t("degraded", { percent: formats.percent(degrade.factor), why: reasonText(degrade.cause) }),
    ]
      .filter(Boolean)
      .join(" · ");
}
