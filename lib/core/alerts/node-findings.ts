// What rules about single nodes find: health checks, real traffic, and how long connecting takes.
import type { ConditionOf } from "#lib/contracts/config/alert-rule.ts";
import type { Finding, NodeTrouble, Subject, World, WorldNode } from "./world.ts";

export type NodeCondition = ConditionOf<
  "health-check-failed" | "node-down" | "node-ejected" | "breaker-open" | "node-degraded" | "connect-time"
>;
type Found = Pick<Finding, "verdict" | "reason"> & Partial<Omit<Finding, "subject">>;

export const nodeSubject = ({ id, name, poolId, poolName, labels }: WorldNode): Subject => ({
  kind: "node",
  id,
  name,
  poolId,
  poolName,
  labels,
});

export const findingOf = (subject: Subject, found: Found): Finding => ({
  subject,
  checkLevel: null,
  detail: "",
  consecutiveFailures: 0,
  figures: {},
  atMs: null,
  ...found,
});

/** Findings about nodes that are neither gone nor in maintenance: what operators took out is no news to them. */
export function nodeFindings(condition: NodeCondition, world: World): Finding[] {
  const findings: Finding[] = [];
  for (const [id, trouble] of world.troubles) {
    const node = world.nodes.get(id);
    if (!node || node.adminState === "maintenance") continue;
    const found = foundOf(condition, trouble, node);
    if (found) findings.push(findingOf(nodeSubject(node), found));
  }
  return findings;
}

function foundOf(condition: NodeCondition, trouble: NodeTrouble, node: WorldNode): Found | null {
  switch (condition.kind) {
    case "health-check-failed":
      return node.checksEnabled
        ? checkFound(trouble, (health) => health.consecutiveFailures >= condition.failures)
        : null;
    case "node-down":
      return node.checksEnabled ? checkFound(trouble, (health) => health.isDown) : null;
    case "node-ejected":
      return trouble.ejectedFor === null ? null : { verdict: "breach", reason: trouble.ejectedFor };
    case "breaker-open":
      return breakerFound(trouble);
    case "node-degraded":
      return trouble.degradedFor === null ? null : { verdict: "breach", reason: trouble.degradedFor };
    case "connect-time": {
      const { connectMs: value } = trouble;
      if (value === null || value < (condition.clearBelowMs ?? condition.aboveMs)) return null;
      const figures = { metric: "connect_ms", value, limit: condition.aboveMs } as const;
      return { verdict: value > condition.aboveMs ? "breach" : "hold", reason: "above-limit", figures };
    }
  }
}

/** A draining node is still watched: what is in flight on it can still fail. */
function checkFound(
  { health }: NodeTrouble,
  isBad: (health: NonNullable<NodeTrouble["health"]>) => boolean,
): Found | null {
  if (health === null) return { verdict: "hold", reason: "" };
  const { reason, level, detail, consecutiveFailures, lastCheckMs } = health;
  if (isBad(health))
    return { verdict: "breach", reason, checkLevel: level, detail, consecutiveFailures, atMs: lastCheckMs };
  // A node may still be `healthy` while checks fail (a `fall` above 3), so a failed check is no recovery.
  return health.isWell ? null : { verdict: "hold", reason: "" };
}

/** What an operator tripped is no news to operators; a half-open breaker is neither open again nor well. */
function breakerFound({ breaker }: NodeTrouble): Found | null {
  if (breaker === null || breaker.cause === "tripped") return null;
  if (breaker.state === "half-open") return { verdict: "hold", reason: "" };
  const { requests, failures, slow } = breaker;
  return {
    verdict: "breach",
    reason: breaker.cause,
    figures: requests > 0 ? { requests, failures, slow } : {},
  };
}
