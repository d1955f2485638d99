// What rules about figures over windows find: limits, budgets that burn, queues, and expressions of one's own.
import { parseExpression } from "#lib/contracts/alert-expression.ts";
import type { AlertMetric, MetricSubject } from "#lib/contracts/alert-metrics.ts";
import type { ConditionOf } from "#lib/contracts/config/alert-rule.ts";
import { culpritOf, holds } from "./evaluate-expression.ts";
import { figureOf, isOfNow, type NowFigures, type WindowFigures } from "./figures.ts";
import { findingOf, nodeSubject } from "./node-findings.ts";
import type { Figures, Finding, Subject, World, WorldPool } from "./world.ts";

export type MetricCondition = ConditionOf<
  "latency" | "error-rate" | "slo-burn" | "queue-backlog" | "expression" | "pool-healthy"
>;
type Found = Pick<Finding, "verdict" | "reason" | "figures">;

export const PERCENTILE_METRICS = { 50: "p50_ms", 90: "p90_ms", 99: "p99_ms", 99.9: "p999_ms" } as const;

export function metricFindings(condition: MetricCondition, world: World): Finding[] {
  const of: MetricSubject = "of" in condition ? condition.of : "pool";
  const judge = judgeOf(condition, of, world);
  return subjectsOf(of, world).flatMap((subject) => {
    const found = judge(subject.id);
    return found ? [findingOf(subject, found)] : [];
  });
}

/** What rules of this kind look at. */
export function subjectsOf(of: MetricSubject, world: World): Subject[] {
  if (of === "node")
    return [...world.nodes.values()].filter(({ adminState }) => adminState !== "maintenance").map(nodeSubject);
  return [...world.pools.values()].map(poolSubject);
}

const poolSubject = ({ id, name, labels }: WorldPool): Subject => ({
  kind: "pool",
  id,
  name,
  poolId: id,
  poolName: name,
  labels,
});

const HOLD: Found = { verdict: "hold", reason: "", figures: {} };
const UNKNOWN: Found = { verdict: "unknown", reason: "", figures: {} };

/** Decides about one subject; null: it is well. */
type Judge = (id: string) => Found | null;

function judgeOf(condition: MetricCondition, of: MetricSubject, world: World): Judge {
  switch (condition.kind) {
    case "latency":
      return limitJudge(of, world, PERCENTILE_METRICS[condition.percentile], {
        above: condition.aboveMs,
        clearBelow: condition.clearBelowMs,
        ...condition,
      });
    case "error-rate":
      return limitJudge(of, world, "error_ratio", {
        above: condition.aboveRatio,
        clearBelow: condition.clearBelowRatio,
        ...condition,
      });
    case "queue-backlog":
      return limitJudge(of, world, "queued", { ...condition, minimumRequests: 0 });
    case "slo-burn":
      return (id) => burnOf(condition, world, id);
    case "pool-healthy":
      return (id) => healthyOf(condition, world, id);
    case "expression":
      return expressionJudge(condition, world);
  }
}

type Limit = { above: number; clearBelow: number | null; windowMs: number; minimumRequests: number };

function limitJudge(of: MetricSubject, world: World, metric: AlertMetric, limit: Limit): Judge {
  return (id) => {
    const window = world.window(of, id, limit.windowMs);
    if (window === undefined) return HOLD;
    if (window === null || window.requests < limit.minimumRequests) return UNKNOWN;
    const value = figureOf(metric, window, null);
    if (value === null) return UNKNOWN;
    if (value <= limit.above && value < (limit.clearBelow ?? Number.POSITIVE_INFINITY)) return null;
    const { windowMs } = limit;
    const figures = { metric, value, limit: limit.above, windowMs, requests: window.requests };
    return { verdict: value > limit.above ? "breach" : "hold", reason: "above-limit", figures };
  };
}

/** Several windows, each of two lengths: fires when any pair burns, and ends when none does. */
function burnOf(condition: ConditionOf<"slo-burn">, world: World, id: string): Found | null {
  const budget = 1 - condition.targetRatio;
  const burn = (window: WindowFigures): number => (figureOf("error_ratio", window, null) ?? 0) / budget;
  let isKnown = false;
  for (const { shortMs, longMs, burnRate } of condition.windows) {
    const short = world.window("pool", id, shortMs);
    const long = world.window("pool", id, longMs);
    if (short === undefined || long === undefined) return HOLD;
    if (short === null || long === null || long.requests < condition.minimumRequests) continue;
    isKnown = true;
    const value = Math.min(burn(short), burn(long));
    if (value < burnRate) continue;
    const figures = { value, limit: burnRate, windowMs: longMs, shortMs, target: condition.targetRatio };
    return { verdict: "breach", reason: "budget-burns", figures };
  }
  return isKnown ? null : UNKNOWN;
}

/** A pool without any node has nothing to lose. */
function healthyOf(condition: ConditionOf<"pool-healthy">, world: World, id: string): Found | null {
  const { nodes, healthyNodes } = nowOf("pool", id, world) ?? { nodes: 0, healthyNodes: 0 };
  const limit = Math.min(condition.atLeastNodes, nodes);
  if (nodes === 0 || healthyNodes >= limit) return null;
  return {
    verdict: "breach",
    reason: "below-limit",
    figures: { metric: "healthy_nodes", value: healthyNodes, limit, nodes },
  };
}

/** Of the figures that are known as they are. */
export function nowOf(of: MetricSubject, id: string, world: World): NowFigures | null {
  if (of === "node") {
    const trouble = world.troubles.get(id);
    const failures = trouble?.health?.consecutiveFailures ?? 0;
    const resources = world.resources?.get(id) ?? null;
    return {
      connectMs: trouble?.connectMs ?? null,
      consecutiveFailures: failures,
      nodes: 1,
      healthyNodes: 0,
      resources,
    };
  }
  const pool = world.pools.get(id);
  if (!pool) return null;
  const usable = pool.nodeIds.filter((nodeId) => {
    const trouble = world.troubles.get(nodeId);
    const isOut =
      trouble && (trouble.health?.isDown || trouble.ejectedFor !== null || trouble.breaker?.state === "open");
    return world.nodes.get(nodeId)?.adminState === "ready" && !isOut;
  });
  return { connectMs: null, consecutiveFailures: 0, nodes: pool.nodeIds.length, healthyNodes: usable.length };
}

function expressionJudge(condition: ConditionOf<"expression">, world: World): Judge {
  const { of, windowMs } = condition;
  const parsed = parseExpression(condition.expression, of);
  const clear = condition.clear === null ? null : parseExpression(condition.clear, of);
  if (!parsed.ok || (clear && !clear.ok)) return () => HOLD;
  return (id) => {
    let isUnread = false;
    const now = nowOf(of, id, world);
    const lookup = (name: AlertMetric, ownMs: number | null): number | null => {
      if (isOfNow(name)) return figureOf(name, null, now);
      const window = world.window(of, id, ownMs ?? windowMs);
      isUnread ||= window === undefined;
      return figureOf(name, window ?? null, now);
    };
    const verdict = holds(parsed.condition, lookup);
    if (isUnread) return HOLD;
    if (verdict === null) return UNKNOWN;
    if (verdict) {
      const culprit = culpritOf(parsed.condition, lookup);
      const figures: Figures = {
        windowMs,
        ...(culprit && { metric: culprit.name, value: culprit.value, limit: culprit.limit }),
      };
      return { verdict: "breach", reason: "expression-holds", figures };
    }
    return clear && holds(clear.condition, lookup) !== true ? HOLD : null;
  };
}
