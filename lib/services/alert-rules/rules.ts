// Rules of alerts are a group of settings of the whole: what is changed here is published like all configuration.
import type { Actor } from "#lib/contracts/access.ts";
import {
  AlertRuleCreate,
  type AlertRuleView,
  METRIC_VIEWS,
  type RuleFaultView,
  type UnknownRule,
} from "#lib/contracts/alert-rules-api.ts";
import { type AlertRule, type ConfigDocument, Patch } from "#lib/contracts/config.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { effectiveRules } from "#lib/core/alerts/defaults.ts";
import { authorise } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { currentHead, notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import type { AtRevision } from "#lib/services/pools/read-pools.ts";
import { type Publication, type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { db } from "#lib/store/db.ts";
import { readUnknownRules } from "#lib/store/revisions.ts";

const rulesOf = ({ proxy }: ConfigDocument): AlertRuleView[] => effectiveRules(proxy.alertRules);

function findRule(document: ConfigDocument, key: string): AlertRuleView {
  const rule = rulesOf(document).find((each) => each.key === key);
  if (!rule) throw notFound("alert rule", key);
  return rule;
}

/** All rules that hold, with the figures that expressions may speak of. */
export async function listAlertRules(actor: Actor, changeSet?: string): Promise<AtRevision<AlertRuleView[]>> {
  authorise(actor, "viewer");
  const { number, document } = await headOf(changeSet);
  return { revision: number, changeSet, entity: rulesOf(document) };
}
export const alertMetrics = () => METRIC_VIEWS;
/** Of the revision in force, those of kinds that this version does not know. */
export async function listUnknownRules(actor: Actor): Promise<UnknownRule[]> {
  authorise(actor, "viewer");
  const { number } = await currentHead();
  return number === 0 ? [] : readUnknownRules(db(), number);
}
/** What keeps rules in force from being judged. Who may see the rules sees these. */
export async function listRuleFaults(actor: Actor): Promise<RuleFaultView[]> {
  authorise(actor, "viewer");
  const rows = await db().alertRuleFault.findMany({
    orderBy: [{ ruleKey: "asc" }, { code: "asc" }, { what: "asc" }],
    take: 500,
  });
  return rows.map(({ ruleKey, code, what, since }) => ({
    ...{ ruleKey, code: code as RuleFaultView["code"], what, since: since.toISOString() },
  }));
}

/** @throws {ServiceError} `not-found` */
export async function getAlertRule(actor: Actor, key: string, changeSet?: string): Promise<AtRevision<AlertRuleView>> {
  authorise(actor, "viewer");
  const { number, document } = await headOf(changeSet);
  return { revision: number, changeSet, entity: findRule(document, key) };
}

/** @throws {ServiceError} `duplicate-name` when a rule has the key, `invalid-input`, `stale-revision` */
export async function createAlertRule(
  actor: Actor,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<AlertRuleView>> {
  authorise(actor, "publisher");
  const { key, ...rule } = parse(AlertRuleCreate, input);
  const { document } = await headOf(options.changeSet);
  if (rulesOf(document).some((each) => each.key === key))
    throw new ServiceError("duplicate-name", `There is a rule with the key ${key} already.`, {
      faults: [{ path: ["key"], code: "duplicate-name", message: "is taken" }],
    });
  return publishRule(actor, key, rule, options);
}

/** Fields left out stay; the condition is replaced whole when its kind changes, else merged. @throws {ServiceError} */
export async function updateAlertRule(
  actor: Actor,
  key: string,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<AlertRuleView>> {
  authorise(actor, "publisher");
  const patch = parse(Patch, input);
  const { document } = await headOf(options.changeSet);
  const { key: _, isBuiltIn: _builtIn, isChanged: _changed, ...before } = findRule(document, key);
  return publishRule(actor, key, { ...before, ...patch, ...merged(before, patch) }, options);
}

/** Groups of a rule's settings, one level deep. */
function merged(before: AlertRule, patch: Patch): object {
  const { condition, scope } = patch as { condition?: Partial<AlertRule["condition"]>; scope?: object };
  const isSameKind = condition && (condition.kind === undefined || condition.kind === before.condition.kind);
  return {
    ...(isSameKind && { condition: { ...before.condition, ...condition } }),
    ...(scope && { scope: { ...before.scope, ...scope } }),
  };
}

/** One that came with the product is as it came again. @throws {ServiceError} `not-found` */
export async function deleteAlertRule(actor: Actor, key: string, options: PublishOptions = {}): Promise<Publication> {
  authorise(actor, "publisher");
  const { document } = await headOf(options.changeSet);
  findRule(document, key);
  return publish(actor, [{ op: "proxy.update", patch: { alertRules: { [key]: null } } }], options);
}

async function publishRule(actor: Actor, key: string, rule: unknown, options: PublishOptions) {
  const operation = { op: "proxy.update" as const, patch: { alertRules: { [key]: rule } } };
  try {
    const { document, ...published } = await publish(actor, [operation], options);
    return { entity: findRule(document, key), ...published };
  } catch (error) {
    throw withoutPrefix(error, key);
  }
}

/** Faults are told by the fields of the rule, not by where rules are kept. */
function withoutPrefix(error: unknown, key: string): unknown {
  if (!(error instanceof ServiceError) || error.faults.length === 0) return error;
  const faults = error.faults.map((fault) =>
    fault.path[0] === "alertRules" && fault.path[1] === key ? { ...fault, path: fault.path.slice(2) } : fault,
  );
  return new ServiceError(error.code, error.message, { faults });
}
