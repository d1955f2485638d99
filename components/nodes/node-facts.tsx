"use client";
import { useTranslations } from "next-intl";
import type { Formats } from "#lib/client/format.ts";
import { useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { CheckLevel, NodeQuota } from "#lib/contracts/config.ts";
import type {
  Adjustment,
  BreakerState,
  CoolingState,
  EjectionState,
  HealthState,
  NameResolution,
  QuotaUse,
} from "#lib/contracts/runtime.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { warmUpProgress } from "#lib/core/warm-up.ts";
import { adjustmentFactor } from "#lib/core/weights/adjustment.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import type { StateTone } from "./state-badge.tsx";
import { useAdjustmentText } from "./use-adjustment-text.ts";
import { useReasonText } from "./use-reason-text.ts";

export type Fact = {
  key: "admin" | "health" | "probe" | "ejection" | "breaker" | "cooling" | "warmUp" | "weight" | "quota" | "name";
  value: string;
  detail: string | null;
  tone: StateTone | null;
  /** How far something that goes on has come, 0–1, and what to call that. */
  progress?: { ratio: number; label: string };
};
/** What every fact is told with. */
type Words = {
  t: ReturnType<typeof useTranslations<"nodes">>;
  formats: Formats;
  reasonText: (code: string) => string;
  levelText: (level: CheckLevel) => string;
  foundText: (detail: string) => string;
  nowMs: number;
};

/** The facts of a node, each told by itself, what the last check found, what is left of its quota, and where its host name leads. */
export function useNodeFacts({ name, facts, quota }: NodeView, pool: Pick<PoolView, "healthCheck" | "warmUp">): Fact[] {
  const t = useTranslations("nodes");
  const status = useTranslations("status");
  const levelText = (level: CheckLevel) => status(`checkLevel.${level}`);
  const adjustmentText = useAdjustmentText();
  const foundText = (detail: string) => detailText(status, detail);
  const words: Words = {
    t,
    levelText,
    foundText,
    formats: useFormats(),
    reasonText: useReasonText(),
    nowMs: useServerNow(),
  };
  return [
    adminFact(facts, words),
    healthFact(facts.health, pool.healthCheck.enabled, words),
    probeFact(facts.health, words),
    ejectionFact(facts.ejection, words),
    breakerFact(facts.breaker, words),
    coolingFact(facts.cooling, words),
    warmUpFact(name, facts, pool.warmUp, words),
    weightFact(facts.adjustment, adjustmentText, words),
    quotaFact(quota, facts.quota, words),
    nameFact(facts.resolution, words),
  ];
}

const joined = (...parts: (string | null)[]): string | null => parts.filter(Boolean).join(" · ") || null;
const since = ({ t, formats }: Words, ms: number) => (ms > 0 ? t("factValue.since", { time: formats.time(ms) }) : null);

function adminFact({ admin }: NodeView["facts"], { t, formats }: Words): Fact {
  const by = admin.by ? t("factValue.by", { by: admin.by, time: formats.time(admin.sinceMs) }) : null;
  const detail = joined(by, admin.state === "drain" && admin.keepSessions ? t("factValue.keepsSessions") : null);
  const tone = admin.state === "drain" ? "drain" : admin.state === "maintenance" ? "off" : null;
  return { key: "admin", value: t(`factValue.${admin.state}`), detail, tone };
}

function healthFact(health: HealthState, isChecked: boolean, words: Words): Fact {
  const { t } = words;
  const { consecutiveFailures: failures, consecutivePasses: passes } = health;
  const inARow = failures > 0 ? t("factValue.failures", { count: failures }) : t("factValue.passes", { count: passes });
  const tone = health.state === "unhealthy" ? "bad" : health.state === "healthy" ? "good" : null;
  const detail = isChecked
    ? joined(since(words, health.sinceMs), health.lastCheckMs ? inARow : null)
    : t("factValue.checksOff");
  return { key: "health", value: t(`factValue.${health.state}`), detail, tone };
}

function probeFact(health: HealthState, { t, levelText, foundText, formats, reasonText, nowMs }: Words): Fact {
  const { lastCheckMs, latencyMs, reason, level, detail: found } = health;
  if (lastCheckMs === null) return { key: "probe", value: t("factValue.never"), detail: null, tone: null };
  const latency = formats.msUnit(latencyMs);
  const why = level === null ? reasonText(reason) : `${levelText(level)}: ${foundText(found) || reasonText(reason)}`;
  const detail = reason === "ok" ? latency : t("factValue.probe", { reason: why, latency });
  return { key: "probe", value: formats.relative(Math.min(lastCheckMs, nowMs), nowMs), detail, tone: null };
}

function ejectionFact(ejection: EjectionState, { t, formats, reasonText }: Words): Fact {
  const times = ejection.timesEjected > 0 ? t("factValue.times", { count: ejection.timesEjected }) : null;
  const value = t(`factValue.${ejection.state}`);
  if (ejection.state === "in") return { key: "ejection", value, detail: times, tone: null };
  const until = t("factValue.until", { time: formats.time(ejection.untilMs) });
  return { key: "ejection", value, detail: joined(reasonText(ejection.cause), until, times), tone: "bad" };
}

function breakerFact(breaker: BreakerState, words: Words): Fact {
  const { t, formats, reasonText } = words;
  const value = t(`factValue.${breaker.state}`);
  const evidence = ({ requests, failures, slow }: Extract<BreakerState, { state: "open" }>) =>
    requests > 0 ? t("factValue.evidence", { requests, failures, slow }) : null;
  switch (breaker.state) {
    case "closed":
      return { key: "breaker", value, detail: null, tone: null };
    case "half-open":
      return { key: "breaker", value, detail: since(words, breaker.sinceMs), tone: "warn" };
    case "open": {
      const until = t("factValue.until", { time: formats.time(breaker.untilMs) });
      return {
        key: "breaker",
        value,
        detail: joined(reasonText(breaker.cause), evidence(breaker), until),
        tone: "bad",
      };
    }
  }
}

function coolingFact(cooling: CoolingState, { t, formats, reasonText }: Words): Fact {
  if (cooling.state === "not-cooling") return { key: "cooling", value: t("factValue.none"), detail: null, tone: null };
  const until = t("factValue.until", { time: formats.time(cooling.untilMs) });
  return {
    key: "cooling",
    value: t("factValue.cooling"),
    detail: joined(reasonText(cooling.cause), until),
    tone: "warn",
  };
}

function warmUpFact(
  node: string,
  { warmUp }: NodeView["facts"],
  settings: PoolView["warmUp"],
  { t, formats, nowMs }: Words,
): Fact {
  const progress = warmUpProgress(warmUp, nowMs, settings);
  if (!progress || !warmUp) return { key: "warmUp", value: t("factValue.none"), detail: null, tone: null };
  const { factor, step, steps, remainingMs } = progress;
  const percent = formats.percent(factor);
  const detail = joined(
    settings.curve === "step"
      ? t("factValue.warmUpNow", { percent, step, steps })
      : t("factValue.warmUpAt", { percent, curve: settings.curve }),
    t("factValue.warmUpLeft", { left: formats.duration(Math.ceil(remainingMs / 1_000) * 1_000) }),
    t(`cause.${warmUp.cause}`),
  );
  const label = t("factValue.warmUpProgress", { node, percent });
  return {
    key: "warmUp",
    value: t("factValue.warming-up"),
    detail,
    tone: "warn",
    progress: { ratio: factor, label },
  };
}

/** More addresses than these are only counted. */
const SHOWN_ADDRESSES = 3;

function nameFact(resolution: NameResolution | null, words: Words): Fact {
  const { t, formats, reasonText } = words;
  if (resolution === null) return { key: "name", value: t("factValue.noName"), detail: null, tone: null };
  const value = t(`factValue.${resolution.state === "pending" ? "resolving" : resolution.state}`);
  if (resolution.state === "pending") return { key: "name", value, detail: resolution.hostname, tone: null };
  const { addresses } = resolution;
  const more = addresses.length - SHOWN_ADDRESSES;
  const shown = addresses.slice(0, SHOWN_ADDRESSES).join(", ") + (more > 0 ? ` +${more}` : "");
  if (resolution.state === "resolved") return { key: "name", value, detail: shown, tone: null };
  const kept =
    resolution.lastGoodMs === null
      ? t("factValue.noLastGood")
      : t("factValue.lastGood", { addresses: shown, time: formats.time(resolution.lastGoodMs) });
  const detail = joined(reasonText(resolution.cause), since(words, resolution.sinceMs), kept);
  return { key: "name", value, detail, tone: addresses.length > 0 ? "warn" : "bad" };
}

/** What is made of its weight, and why also where it stays as it is. */
function weightFact(adjustment: Adjustment, tell: (adjustment: Adjustment) => string, { t, formats }: Words): Fact {
  const factor = adjustmentFactor(adjustment);
  const value =
    factor === 1 ? t("factValue.baseWeight") : t("factValue.weightPart", { percent: formats.percent(factor) });
  return { key: "weight", value, detail: tell(adjustment) || null, tone: adjustment.degrade === null ? null : "warn" };
}

function quotaFact(quota: NodeQuota | null, use: QuotaUse | null, { t, formats, nowMs }: Words): Fact {
  if (quota === null || use === null) return { key: "quota", value: t("factValue.none"), detail: null, tone: null };
  // A span that is over was followed by one in which nothing has been told of yet.
  const used = nowMs < use.endMs ? use.used : 0;
  const ratio = Math.min(1, used / quota.requests);
  const value = t("factValue.quotaUsed", {
    used: formats.integer(used),
    requests: formats.integer(quota.requests),
    per: quota.per,
  });
  const detail = nowMs < use.endMs ? t("factValue.quotaEnds", { time: formats.dateTime(use.endMs) }) : null;
  return { key: "quota", value, detail, tone: ratio >= 1 ? "warn" : null, progress: { ratio, label: value } };
}
