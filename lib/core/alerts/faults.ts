// What keeps a rule from being judged, in whole or of one subject, while all others are: told at the rule, so that its silence is not
// taken for all being well.
import { parseExpression } from "#lib/contracts/alert-expression.ts";
import { MAX_RULE_FAULTS, type RuleFault } from "#lib/contracts/alert-rules-api.ts";
import type { AlertCondition } from "#lib/contracts/config/alert-rule.ts";
import type { EffectiveRule } from "./defaults.ts";
import { isInScope } from "./engine.ts";
import { subjectsOf } from "./metric-findings.ts";
import { windowsOf } from "./windows.ts";
import type { World } from "./world.ts";

/** Of the rules that are on, besides those that could not be evaluated at all; so many of each at most. */
export function ruleFaults(rules: readonly EffectiveRule[], world: World): RuleFault[] {
  return rules.filter(({ enabled }) => enabled).flatMap((rule) => faultsOf(rule, world).slice(0, MAX_RULE_FAULTS));
}

function faultsOf(rule: EffectiveRule, world: World): RuleFault[] {
  const { key: ruleKey, condition } = rule;
  if (world.unknownKinds.has(condition.kind)) return [{ ruleKey, code: "unread", what: "" }];
  if (condition.kind === "certificate-expiry")
    return world.certificates
      .filter(({ notAfterMs }) => notAfterMs === null)
      .map(({ name }) => ({ ruleKey, code: "certificate-unreadable", what: name }));
  if (condition.kind === "expression") {
    const texts = [condition.expression, ...(condition.clear === null ? [] : [condition.clear])];
    const broken = texts.map((text) => parseExpression(text, condition.of)).find((parsed) => !parsed.ok);
    if (broken && !broken.ok) return [{ ruleKey, code: "expression", what: broken.detail }];
  }
  const resources = speaksOfResources(condition) ? (world.unreadResources ?? []) : [];
  const unread = new Set([...unreadSubjects(rule, world), ...resources]);
  return [...unread].map((what) => ({ ruleKey, code: "figures-unreadable", what }));
}

/** Names of those whose stored measurements cannot be read. */
function unreadSubjects(rule: EffectiveRule, world: World): string[] {
  const names = new Set<string>();
  for (const { of, windowMs } of windowsOf(rule.condition))
    for (const subject of subjectsOf(of, world))
      if (isInScope(rule, subject) && world.window(of, subject.id, windowMs) === undefined) names.add(subject.name);
  return [...names];
}

const RESOURCE_FIGURES = /\b(cpu_ratio|memory_ratio|memory_bytes|backlog)\b/;

/** Whether a node's own word of its CPU, memory and queue must be read for it. */
export const speaksOfResources = (condition: AlertCondition): boolean =>
  condition.kind === "expression" && RESOURCE_FIGURES.test(`${condition.expression} ${condition.clear}`);
