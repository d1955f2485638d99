// A filter of alerts as a condition of the database.
import type { AlertFilter } from "#lib/contracts/alerts.ts";
import type { LabelMatcher, Labels } from "#lib/contracts/config/labels.ts";
import { matchesLabels } from "#lib/core/alerts/labels.ts";
import { db } from "#lib/store/db.ts";
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

export async function alertsWhere(filter: AlertFilter): Promise<Prisma.AlertWhereInput> {
  const { state, acknowledged, muted, level, rule, ruleKey, poolId, nodeId, label = [], from, to, text } = filter;
  return {
    ...(state && { state }),
    ...(acknowledged !== undefined && { acknowledgedAt: acknowledged ? { not: null } : null }),
    ...(muted !== undefined && { mutedKind: muted ? { in: ["silence", "window"] } : null }),
    ...(level && { level: { in: level } }),
    ...(rule && { rule: { in: rule } }),
    ...(ruleKey && { ruleKey }),
    ...(poolId && { poolId }),
    ...(nodeId && { nodeId }),
    ...(label.length > 0 && { labelKey: { in: await matchingLabelKeys(label) } }),
    ...((from || to) && { firedAt: { ...(from && { gte: new Date(from) }), ...(to && { lt: new Date(to) }) } }),
    ...(text && { OR: TEXTS.map((field) => ({ [field]: { contains: text, mode: "insensitive" as const } })) }),
  };
}

/**
 * Alerts have few different sets of labels, those that pools and nodes had: they are matched here, as silences match them, in linear
 * time and with the same meaning; the database's own regular expressions have neither. Each set is one step in the index: a DISTINCT
 * would read the whole history.
 */
async function matchingLabelKeys(matchers: readonly LabelMatcher[]): Promise<string[]> {
  const sets = await db().$queryRaw<{ key: string; labels: Labels }[]>`
    WITH RECURSIVE known (key) AS (
      (SELECT label_key FROM alert WHERE label_key IS NOT NULL ORDER BY label_key LIMIT 1)
      UNION ALL
      SELECT (SELECT label_key FROM alert WHERE label_key > known.key ORDER BY label_key LIMIT 1) FROM known WHERE known.key IS NOT NULL
    )
    SELECT key, (SELECT labels FROM alert WHERE label_key = known.key LIMIT 1) AS labels FROM known WHERE key IS NOT NULL`;
  return sets.filter(({ labels }) => matchesLabels(matchers, labels)).map(({ key }) => key);
}
