// A filter of alerts as a condition of the database.
import type { AlertFilter } from "#lib/contracts/alerts.ts";
import type { Prisma } from "#lib/store/generated/client.ts";

/** Fields whose text is searched. */
const TEXTS = [
  "poolName",
  "nodeName",
  "subjectName",
  "ruleName",
  "ruleKey",
  "rule",
  "reason",
  "detail",
  "acknowledgement",
] as const;

export function alertsWhere(filter: AlertFilter): Prisma.AlertWhereInput {
  const { state, acknowledged, muted, level, rule, ruleKey, poolId, nodeId, from, to, text } = filter;
  return {
    ...(state && { state }),
    ...(acknowledged !== undefined && { acknowledgedAt: acknowledged ? { not: null } : null }),
    ...(muted !== undefined && { mutedKind: muted ? { in: ["silence", "window"] } : null }),
    ...(level && { level: { in: level } }),
    ...(rule && { rule: { in: rule } }),
    ...(ruleKey && { ruleKey }),
    ...(poolId && { poolId }),
    ...(nodeId && { nodeId }),
    ...((from || to) && { firedAt: { ...(from && { gte: new Date(from) }), ...(to && { lt: new Date(to) }) } }),
    ...(text && { OR: TEXTS.map((field) => ({ [field]: { contains: text, mode: "insensitive" as const } })) }),
  };
}
