// Rules over the world against what is known to be pending or firing: what begins, what goes on, what ends. Everything that
// has to outlive the evaluator (since when something holds, since when it is gone) is in `Tracked`, which a shell stores: who
// takes over goes on where the other was killed. Prometheus' `for` and `keep_firing_for`, with a band of hysteresis between.
import type { AlertCondition } from "#lib/contracts/config/alert-rule.ts";
import type { EffectiveRule } from "./defaults.ts";
import { matchesAny } from "./glob.ts";
import { matchesLabels } from "./labels.ts";
import { type MetricCondition, metricFindings } from "./metric-findings.ts";
import { type NodeCondition, nodeFindings } from "./node-findings.ts";
import { type SystemCondition, systemFindings } from "./system-findings.ts";
import { type EndCause, type Finding, NODE_KINDS, type Subject, type World } from "./world.ts";

/** Known of a fingerprint: at most one of it is firing. */
export type Tracked = {
  readonly fingerprint: string;
  readonly ruleKey: string;
  readonly subject: Pick<Subject, "kind" | "id">;
} & (
  | { readonly is: "pending"; readonly sinceMs: number }
  /** `clearSinceMs`: since when there was nothing to fire for; null: there is. */
  | { readonly is: "firing"; readonly sinceMs: number; readonly clearSinceMs: number | null }
);

export type AlertAction =
  | {
      readonly do: "pend";
      readonly fingerprint: string;
      readonly ruleKey: string;
      readonly subject: Subject;
      readonly sinceMs: number;
    }
  | { readonly do: "forget"; readonly fingerprint: string }
  | {
      readonly do: "fire";
      readonly fingerprint: string;
      readonly rule: EffectiveRule;
      readonly finding: Finding;
      readonly firedMs: number;
    }
  | { readonly do: "clear"; readonly fingerprint: string; readonly sinceMs: number | null }
  | { readonly do: "resolve"; readonly fingerprint: string; readonly cause: EndCause; readonly resolvedMs: number };

/** For how long figures may be missing before what they were about is over. */
export const NO_DATA_MS = 300_000;
/** Kinds that say of a node that it is not well: the breaker's alert says no more. */
const COVERING: ReadonlySet<string> = new Set(["health-check-failed", "node-down", "node-ejected"]);

export const fingerprintOf = (ruleKey: string, subject: Pick<Subject, "kind" | "id">, isGrouped = false): string =>
  isGrouped ? `${ruleKey}:pool:${subject.id}` : `${ruleKey}:${subject.id}`;

/**
 * What is to be done about `tracked`, and what begins. Rules that are off have their alerts ended.
 * @param onFault told of a rule that could not be evaluated: what it found before stays, and the other rules are evaluated
 */
export function evaluateAlerts(
  rules: readonly EffectiveRule[],
  world: World,
  tracked: ReadonlyMap<string, Tracked>,
  onFault: (ruleKey: string, cause: unknown) => void = rethrow,
): AlertAction[] {
  const actions: AlertAction[] = [];
  const active = new Map(rules.filter(({ enabled }) => enabled).map((rule) => [rule.key, rule]));
  const covered = new Set<string>();
  const seen = new Set<string>();
  const unknown = new Set<string>();
  for (const rule of active.values()) {
    const findings = knownFindings(rule, world, onFault);
    if (findings === null) unknown.add(rule.key);
    for (const [fingerprint, finding] of findings ?? []) {
      seen.add(fingerprint);
      const { subject } = finding;
      if (COVERING.has(rule.condition.kind) && finding.verdict === "breach") covered.add(subject.id);
      const known = tracked.get(fingerprint);
      const isCovered = rule.condition.kind === "breaker-open" && covered.has(subject.id);
      if (isCovered && known?.is !== "firing") continue;
      const action = step(rule, fingerprint, finding, known, world.nowMs);
      if (action) actions.push(action);
    }
  }
  for (const known of tracked.values()) {
    if (seen.has(known.fingerprint) || unknown.has(known.ruleKey)) continue;
    const action = afterwards(active.get(known.ruleKey), known, world);
    if (action) actions.push(action);
  }
  return actions;
}

const rethrow = (_: string, cause: unknown): never => {
  throw cause;
};

/** Null: not enough is known of what the rule is about. */
function knownFindings(
  rule: EffectiveRule,
  world: World,
  onFault: (ruleKey: string, cause: unknown) => void,
): Map<string, Finding> | null {
  if (world.unknownKinds.has(rule.condition.kind)) return null;
  try {
    return findingsOf(rule, world);
  } catch (cause) {
    onFault(rule.key, cause);
    return null;
  }
}

/** Findings of a rule within its scope, by fingerprint. */
export function findingsOf(rule: EffectiveRule, world: World): Map<string, Finding> {
  const inScope = conditionFindings(rule.condition, world).filter(({ subject }) => isInScope(rule, subject));
  const isGrouped = rule.groupBy === "pool" && inScope.some(({ subject }) => subject.kind === "node");
  const grouped = isGrouped ? groupByPool(inScope, world) : inScope;
  return new Map(grouped.map((finding) => [fingerprintOf(rule.key, finding.subject, isGrouped), finding]));
}

function conditionFindings(condition: AlertCondition, world: World): Finding[] {
  if (NODE_KINDS.has(condition.kind)) return nodeFindings(condition as NodeCondition, world);
  switch (condition.kind) {
    case "latency":
    case "error-rate":
    case "slo-burn":
    case "queue-backlog":
    case "expression":
    case "pool-healthy":
      return metricFindings(condition satisfies MetricCondition, world);
    default:
      return systemFindings(condition as SystemCondition, world);
  }
}

/** What is about no pool is within every scope that names none, and no label. */
export function isInScope({ scope }: Pick<EffectiveRule, "scope">, subject: Subject): boolean {
  if (!matchesAny(scope.pools, subject.poolName)) return false;
  if (!matchesLabels(scope.labels, subject.labels)) return false;
  return subject.kind !== "node" || matchesAny(scope.nodes, subject.name);
}

/** All nodes of a pool as one: as bad as the worst of them. */
function groupByPool(findings: readonly Finding[], world: World): Finding[] {
  const pools = new Map<string, Finding[]>();
  for (const finding of findings) {
    const poolId = finding.subject.poolId ?? "";
    pools.set(poolId, [...(pools.get(poolId) ?? []), finding]);
  }
  return [...pools].map(([id, members]) => {
    const bad = members.filter(({ verdict }) => verdict === "breach");
    const first = (bad[0] ?? members[0]) as Finding;
    const name = first.subject.poolName;
    const names = bad
      .map(({ subject }) => subject.name)
      .slice(0, 20)
      .join(", ");
    return {
      ...first,
      subject: { kind: "pool", id, name, poolId: id, poolName: name, labels: world.pools.get(id)?.labels ?? {} },
      figures: { ...first.figures, nodes: bad.length, names },
    };
  });
}

function step(
  rule: EffectiveRule,
  fingerprint: string,
  finding: Finding,
  known: Tracked | undefined,
  nowMs: number,
): AlertAction | null {
  const { verdict, subject } = finding;
  if (known?.is === "firing") {
    if (verdict !== "unknown") return known.clearSinceMs === null ? null : { do: "clear", fingerprint, sinceMs: null };
    return clearing(known, Math.max(rule.clearForMs, NO_DATA_MS), "no-data", nowMs);
  }
  if (verdict !== "breach") return known ? { do: "forget", fingerprint } : null;
  const sinceMs = known?.sinceMs ?? nowMs;
  if (nowMs - sinceMs < rule.forMs)
    return known ? null : { do: "pend", fingerprint, ruleKey: rule.key, subject, sinceMs };
  const firedMs = rule.forMs === 0 ? Math.min(finding.atMs ?? nowMs, nowMs) : nowMs;
  return { do: "fire", fingerprint, rule, finding, firedMs };
}

/** What becomes of what nothing was found about. */
function afterwards(rule: EffectiveRule | undefined, known: Tracked, world: World): AlertAction | null {
  const { fingerprint } = known;
  if (known.is === "pending") return { do: "forget", fingerprint };
  const cause = rule ? endOf(rule, known, world) : "rule-off";
  if (cause === null) return null;
  const isAtOnce = cause !== "recovered" || !rule;
  return clearing(known, isAtOnce ? 0 : rule.clearForMs, cause, world.nowMs);
}

function clearing(
  known: Extract<Tracked, { is: "firing" }>,
  clearForMs: number,
  cause: EndCause,
  nowMs: number,
): AlertAction | null {
  const { fingerprint } = known;
  const sinceMs = known.clearSinceMs ?? nowMs;
  if (nowMs - sinceMs >= clearForMs) return { do: "resolve", fingerprint, cause, resolvedMs: nowMs };
  return known.clearSinceMs === null ? { do: "clear", fingerprint, sinceMs } : null;
}

/** Null: this process knows less than the database, and leaves it to go on. */
function endOf(rule: EffectiveRule, { subject }: Tracked, world: World): EndCause | null {
  if (subject.kind === "node") {
    const node = world.nodes.get(subject.id);
    // This worker may be a revision behind the one that raised it: a node that the database holds is not gone.
    if (!node) return world.unknownNodes.has(subject.id) ? null : "node-removed";
    if (node.adminState === "maintenance") return "maintenance";
    const isOfChecks = rule.condition.kind === "health-check-failed" || rule.condition.kind === "node-down";
    return isOfChecks && !node.checksEnabled ? "checks-off" : "recovered";
  }
  if (subject.kind === "pool") return world.pools.has(subject.id) ? "recovered" : "subject-removed";
  return "recovered";
}
