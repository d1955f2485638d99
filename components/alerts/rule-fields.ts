// Which settings each kind of rule has in the form, and how they are entered.
import { AlertCondition, type AlertKind } from "#lib/contracts/config/alert-rule.ts";

export type FieldType = "ms" | "count" | "ratio" | "of" | "percentile" | "expression";
export type RuleField = { name: string; type: FieldType; isOptional?: boolean };

const window: RuleField = { name: "windowMs", type: "ms" };
const of: RuleField = { name: "of", type: "of" };
const least: RuleField = { name: "minimumRequests", type: "count" };

export const RULE_FIELDS: Record<AlertKind, readonly RuleField[]> = {
  "health-check-failed": [{ name: "failures", type: "count" }],
  "node-down": [],
  "node-ejected": [],
  "breaker-open": [],
  "node-degraded": [],
  latency: [
    of,
    { name: "percentile", type: "percentile" },
    { name: "aboveMs", type: "ms" },
    { name: "clearBelowMs", type: "ms", isOptional: true },
    window,
    least,
  ],
  "error-rate": [
    of,
    { name: "aboveRatio", type: "ratio" },
    { name: "clearBelowRatio", type: "ratio", isOptional: true },
    window,
    least,
  ],
  "slo-burn": [{ name: "targetRatio", type: "ratio" }, least],
  "connect-time": [
    { name: "aboveMs", type: "ms" },
    { name: "clearBelowMs", type: "ms", isOptional: true },
  ],
  "pool-healthy": [{ name: "atLeastNodes", type: "count" }],
  "queue-backlog": [{ name: "above", type: "count" }, { name: "clearBelow", type: "count", isOptional: true }, window],
  "worker-lost": [{ name: "afterMs", type: "ms" }],
  "database-lost": [{ name: "afterMs", type: "ms" }],
  "certificate-expiry": [{ name: "withinDays", type: "count" }],
  "stale-metrics": [{ name: "afterMs", type: "ms" }],
  "revision-refused": [],
  "canary-rolled-back": [{ name: "tellForMs", type: "ms" }],
  expression: [
    of,
    { name: "expression", type: "expression" },
    { name: "clear", type: "expression", isOptional: true },
    window,
  ],
};

/** A condition of a kind as it is unless somebody says otherwise. */
export function freshCondition(kind: AlertKind): AlertCondition {
  return AlertCondition.parse(kind === "expression" ? { kind, expression: "error_ratio > 5%" } : { kind });
}
