"use client";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import { Term } from "#components/data/term.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { useNodeDialogs } from "../node-dialogs.tsx";
import { useIsNodeBusy, useNodeAction } from "../use-node-action.ts";
import classes from "./breaker-panel.module.css";
import { BreakerPicture } from "./breaker-picture.tsx";

/** The breaker of one node: where it stands in its states, and the two things that can be done to it. */
export function BreakerPanel({ node, pool }: { node: NodeView; pool: PoolView }) {
  const t = useTranslations("nodes.breaker");
  const counts = { closed: 0, open: 0, "half-open": 0, [node.facts.breaker.state]: 1 };
  return (
    <Panel
      title={
        <>
          {t("title")}
          <Term name="breaker" />
        </>
      }
      hint={<Left node={node} />}
      aside={<BreakerButtons node={node} pool={pool} />}
    >
      {pool.breaker.enabled ? (
        <div className={classes.narrow}>
          <BreakerPicture settings={pool.breaker} counts={counts} />
        </div>
      ) : (
        t("off")
      )}
    </Panel>
  );
}

/** How long it stays open still. */
export function Left({ node }: { node: NodeView }) {
  const t = useTranslations("nodes.breaker");
  const formats = useFormats();
  const { breaker } = node.facts;
  const nowMs = useServerNow();
  const leftMs = breaker.state === "open" ? breaker.untilMs - nowMs : 0;
  if (leftMs <= 0) return null;
  return t("left", { time: formats.duration(Math.ceil(leftMs / 1_000) * 1_000) });
}

export function BreakerButtons({ node, pool }: { node: NodeView; pool: PoolView }) {
  const t = useTranslations("nodes.breaker");
  const dialogs = useNodeDialogs();
  const action = useNodeAction(node);
  const isBusy = useIsNodeBusy(node.id);
  const of = { node: node.name };
  if (!pool.breaker.enabled) return null;
  return (
    <span className={classes.buttons}>
      <GuardedButton
        needs="operator"
        variant="default"
        size="compact-xs"
        aria-label={t("tripOf", of)}
        onClick={() => dialogs.tripBreaker(node.id)}
      >
        {t("trip")}
      </GuardedButton>
      {node.facts.breaker.state !== "closed" && (
        <GuardedButton
          needs="operator"
          variant="default"
          size="compact-xs"
          loading={isBusy}
          aria-label={t("resetOf", of)}
          onClick={() => action.mutate({ action: "reset-breaker" })}
        >
          {t("reset")}
        </GuardedButton>
      )}
    </span>
  );
}
