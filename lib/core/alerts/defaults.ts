// The rules that are there without anybody writing them, and what a configuration makes of them.
import { AlertRule, type AlertRules } from "#lib/contracts/config/alert-rule.ts";

export interface EffectiveRule extends AlertRule {
  readonly key: string;
  /** It came with the product, and can be changed and switched off, not removed. */
  readonly isBuiltIn: boolean;
  /** Somebody wrote or changed it. */
  readonly isChanged: boolean;
}

/** A node that was taken out again within this long was not well in between: it is one alert, not several. */
const PASSIVE_HOLD_MS = 30_000;

const rule = (input: object): AlertRule => AlertRule.parse(input);
const of = (kind: string, level: number, more: object = {}, condition: object = {}): AlertRule =>
  rule({ level, condition: { kind, ...condition }, ...more });

/** By key. The first of them cover the others: nobody is told twice of one fault. */
export const DEFAULT_RULES: Readonly<Record<string, AlertRule>> = {
  "health-check-failed": of("health-check-failed", 1),
  "node-down": of("node-down", 1, { enabled: false }),
  "node-ejected": of("node-ejected", 2, { clearForMs: PASSIVE_HOLD_MS }),
  "breaker-open": of("breaker-open", 2, { clearForMs: PASSIVE_HOLD_MS }),
  "node-degraded": of("node-degraded", 2),
  "pool-healthy": of("pool-healthy", 1, { forMs: 5_000, clearForMs: 10_000 }),
  latency: of("latency", 2, { forMs: 60_000, clearForMs: 60_000 }, { clearBelowMs: 450 }),
  "error-rate": of("error-rate", 2, { forMs: 30_000, clearForMs: 60_000 }, { clearBelowRatio: 0.04 }),
  "slo-burn": of("slo-burn", 2, { clearForMs: 60_000 }),
  "connect-time": of("connect-time", 3, { forMs: 60_000, clearForMs: 60_000 }, { clearBelowMs: 40 }),
  "queue-backlog": of("queue-backlog", 2, { forMs: 10_000, clearForMs: 30_000 }),
  "worker-lost": of("worker-lost", 2, {}, {}),
  "database-lost": of("database-lost", 1),
  "certificate-expiry": of("certificate-expiry", 3),
  "stale-metrics": of("stale-metrics", 3, { clearForMs: 10_000 }),
  "revision-refused": of("revision-refused", 1),
  "canary-rolled-back": of("canary-rolled-back", 2),
};

/** All rules that hold: the defaults in their order, then those of one's own by key. */
export function effectiveRules(written: AlertRules): EffectiveRule[] {
  const builtIn = Object.entries(DEFAULT_RULES).map(([key, byDefault]) => {
    const own = written[key] ?? null;
    return { key, ...(own ?? byDefault), isBuiltIn: true, isChanged: own !== null };
  });
  const own = Object.entries(written)
    .filter(([key]) => !Object.hasOwn(DEFAULT_RULES, key))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => ({ key, ...each, isBuiltIn: false, isChanged: true }));
  return [...builtIn, ...own];
}

const told = new WeakMap<AlertRules, number>();

/** Up to so many failed checks in a row are counted aloud, since a rule may wait for them. */
export function failuresTold(written: AlertRules): number {
  let most = told.get(written);
  if (most === undefined) {
    const failures = effectiveRules(written).flatMap(({ enabled, condition }) =>
      enabled && condition.kind === "health-check-failed" ? [condition.failures] : [],
    );
    most = Math.max(0, ...failures);
    told.set(written, most);
  }
  return most;
}
