// Rules of kinds that this version does not know, in a document that a newer one stored: set aside, so that everything else is used
// (a worker would refuse the whole revision, the dashboard could show nothing), and shown to people as what they are.
import type { UnknownRule } from "#lib/contracts/alert-rules-api.ts";
import { ALERT_KINDS } from "#lib/contracts/config/alert-rule.ts";
import { isRecord } from "../config/same.ts";

/** @returns the same document when there are none */
export function setAsideUnknownRules(stored: unknown): { document: unknown; unknown: UnknownRule[] } {
  if (!isRecord(stored) || !isRecord(stored.proxy) || !isRecord(stored.proxy.alertRules))
    return { document: stored, unknown: [] };
  const unknown = unknownRulesOf(stored.proxy.alertRules);
  if (unknown.length === 0) return { document: stored, unknown };
  const keys = new Set(unknown.map(({ key }) => key));
  const known = Object.entries(stored.proxy.alertRules).filter(([key]) => !keys.has(key));
  return { document: { ...stored, proxy: { ...stored.proxy, alertRules: Object.fromEntries(known) } }, unknown };
}

/** Only what looks like a rule of another kind: what is wrong with one in another way is to be told as that. */
export function unknownRulesOf(rules: unknown): UnknownRule[] {
  if (!isRecord(rules)) return [];
  return Object.entries(rules).flatMap(([key, rule]) => {
    const condition = isRecord(rule) ? rule.condition : null;
    const kind = isRecord(condition) ? condition.kind : null;
    if (!isRecord(rule) || typeof kind !== "string" || (ALERT_KINDS as readonly string[]).includes(kind)) return [];
    return [{ key, kind, name: typeof rule.name === "string" ? rule.name : "" }];
  });
}
