"use client";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import { useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { warmUpProgress } from "#lib/core/warm-up.ts";
import { WarmUpCurve } from "./warm-up-curve.tsx";

/** While a node warms up: how far it has come on its curve, and when it has its whole weight. */
export function WarmUpPanel({ node, pool }: { node: NodeView; pool: PoolView }) {
  const t = useTranslations("nodes.warmUp");
  const formats = useFormats();
  const progress = warmUpProgress(node.facts.warmUp, useServerNow(), pool.warmUp);
  if (!progress) return null;
  const { factor, elapsedRatio, remainingMs } = progress;
  const left = formats.duration(Math.ceil(remainingMs / 1_000) * 1_000);
  return (
    <Panel title={t("panel")} hint={t("progress", { percent: formats.percent(factor), left })}>
      <WarmUpCurve settings={pool.warmUp} elapsedRatio={elapsedRatio} />
    </Panel>
  );
}
