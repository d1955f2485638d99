"use client";
import { useTranslations } from "next-intl";
import { MISSING } from "#lib/client/format.ts";
import { useFigures, useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NameResolution, NodeFacts } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import classes from "./state-reason.module.css";
import { useReasonText } from "./use-reason-text.ts";

/** Until when a passing state lasts; null when it has no end of its own. */
function endMs(node: NodeView): number | null {
  const { admin, ejection, breaker, cooling }: NodeFacts = node.facts;
  if (node.status === "draining") return admin.deadlineMs;
  if (node.status === "ejected" && ejection.state === "ejected") return ejection.untilMs;
  if (node.status === "cooling" && cooling.state === "cooling") return cooling.untilMs;
  if (node.status === "breaker-open" && breaker.state === "open") return breaker.untilMs;
  return null;
}

/** Time left, after `before`; nothing once it is over and the next fact has not come yet. */
function Countdown({ untilMs, before = "" }: { untilMs: number; before?: string }) {
  const formats = useFormats();
  const leftMs = untilMs - useServerNow();
  if (leftMs <= 0) return null;
  return (
    <>
      {before}
      {formats.duration(Math.ceil(leftMs / 1_000) * 1_000)}
    </>
  );
}

function InFlightLeft({ nodeId }: { nodeId: string }) {
  const t = useTranslations("status");
  const figures = useFigures("node", nodeId);
  return t("reason.left", { count: figures?.inFlight ?? MISSING });
}

/**
 * The words beside a node's badge: why it is so, since when, how long still; and that its name fails to resolve, which no
 * status tells while the last good addresses serve. Nothing for a node that is simply up.
 */
export function StateReason({ node }: { node: NodeView }) {
  const { resolution } = node.facts;
  const nameFails = resolution?.state === "failing" && resolution.cause !== node.statusReason;
  return (
    <>
      <StatusReason node={node} />
      {nameFails && <NameFails resolution={resolution} />}
    </>
  );
}

function NameFails({ resolution }: { resolution: Extract<NameResolution, { state: "failing" }> }) {
  const t = useTranslations("status");
  const reasonText = useReasonText();
  const { hostname, addresses, cause } = resolution;
  return (
    <span className={classes.nameFails} title={`${hostname}: ${addresses.join(", ")}`}>
      {" ⚠ "}
      {addresses.length > 0
        ? t("reason.name-fails", { cause: reasonText(cause), count: addresses.length })
        : reasonText(cause)}
    </span>
  );
}

function StatusReason({ node }: { node: NodeView }) {
  const t = useTranslations("status");
  const reasonText = useReasonText();
  const formats = useFormats();
  const { admin, health } = node.facts;
  const until = endMs(node);
  switch (node.status) {
    case "up":
      return node.statusReason === "ok" || node.statusReason === "" ? null : reasonText(node.statusReason);
    case "down":
      return (
        <span title={detailText(t, health.detail) || undefined}>
          {health.level && `${t(`checkLevel.${health.level}`)}: `}
          {reasonText(node.statusReason)} · {t("reason.failures", { count: health.consecutiveFailures })}
        </span>
      );
    case "draining":
      return (
        <>
          <InFlightLeft nodeId={node.id} />
          {node.statusReason === "deadline-over" && ` · ${reasonText(node.statusReason)}`}
          {node.statusReason !== "deadline-over" && until !== null && <Countdown untilMs={until} before=" · " />}
        </>
      );
    case "drained":
    case "maintenance":
      return t("reason.by-operator-since", { by: admin.by, time: formats.minute(admin.sinceMs) });
    case "ejected":
    case "cooling":
    case "breaker-open":
      return (
        <>
          {reasonText(node.statusReason)}
          {until !== null && <Countdown untilMs={until} before=" · " />}
        </>
      );
    case "going-down":
    case "coming-up":
    case "unchecked":
    case "degraded":
    case "warming-up":
    case "breaker-half-open":
      return reasonText(node.statusReason);
  }
}
