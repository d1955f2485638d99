// A world of two nodes, and evaluations one after the other of which only what is stored goes on.
import { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import type { EffectiveRule } from "#lib/core/alerts/defaults.ts";
import { type AlertAction, evaluateAlerts, type Tracked } from "#lib/core/alerts/engine.ts";
import type { WindowFigures } from "#lib/core/alerts/figures.ts";
import type { NodeTrouble, World } from "#lib/core/alerts/world.ts";

export const NOW = 1_800_000_000_000;
export const calm: NodeTrouble = { health: null, ejectedFor: null, breaker: null, degradedFor: null, connectMs: null };
export const health = (failures: number, isDown = false, isWell = false) => ({
  ...calm,
  health: {
    isDown,
    isWell,
    consecutiveFailures: failures,
    reason: "connect-refused",
    level: "tcp" as const,
    detail: "",
    lastCheckMs: NOW - 40,
  },
});
export const measured = (figures: Partial<WindowFigures>): WindowFigures => ({
  requests: 100,
  successes: 100,
  failures: 0,
  status4xx: 0,
  status5xx: 0,
  retries: 0,
  aborted: 0,
  bytesIn: 0,
  bytesOut: 0,
  inFlightMax: 0,
  queuedMax: 0,
  measuredMs: 60_000,
  latencyUs: { i: [], n: [] },
  ...figures,
});
export const errors = (failures: number) => measured({ failures, successes: 100 - failures });

export function world(more: Partial<World> = {}): World {
  const node = (n: number) => ({
    id: `n${n}`,
    name: `sg-${n}`,
    poolId: "p1",
    poolName: "payments",
    adminState: "ready" as const,
    checksEnabled: true,
    labels: { env: "prod", zone: "eu-1" },
  });
  return {
    nowMs: NOW,
    nodes: new Map([1, 2].map((n) => [`n${n}`, node(n)])),
    pools: new Map([["p1", { id: "p1", name: "payments", nodeIds: ["n1", "n2"], labels: { env: "prod" } }]]),
    troubles: new Map(),
    unknownKinds: new Set(),
    unknownNodes: new Set(),
    workers: [],
    certificates: [],
    canaries: [],
    window: () => undefined,
    ...more,
  };
}
export const rule = (kind: string, more: object = {}, condition: object = {}): EffectiveRule => ({
  ...AlertRule.parse({ condition: { kind, ...condition }, ...more }),
  key: kind,
  isBuiltIn: true,
  isChanged: false,
});

/** What a shell would have stored after these actions. */
export function stored(tracked: ReadonlyMap<string, Tracked>, actions: readonly AlertAction[]): Map<string, Tracked> {
  const next = new Map(tracked);
  for (const action of actions) {
    const { fingerprint } = action;
    const known = next.get(fingerprint);
    if (action.do === "pend") next.set(fingerprint, { ...action, is: "pending" });
    else if (action.do === "fire") {
      const { rule: fired, finding, firedMs } = action;
      const about = { fingerprint, ruleKey: fired.key, subject: finding.subject };
      next.set(fingerprint, { ...about, is: "firing", sinceMs: firedMs, clearSinceMs: null });
    } else if (action.do === "clear" && known?.is === "firing")
      next.set(fingerprint, { ...known, clearSinceMs: action.sinceMs });
    else next.delete(fingerprint);
  }
  return next;
}

/** Evaluates one moment after the other; each as a process of its own: only what is stored goes from one to the next. */
export function run(
  rules: readonly EffectiveRule[],
  moments: readonly (readonly [atMs: number, world: Partial<World>])[],
) {
  let tracked: Map<string, Tracked> = new Map();
  return moments.map(([atMs, more]) => {
    const actions = evaluateAlerts(rules, world({ ...more, nowMs: NOW + atMs }), tracked);
    tracked = stored(tracked, actions);
    return actions.map(
      (action) => `${action.do} ${action.fingerprint}${action.do === "resolve" ? ` ${action.cause}` : ""}`,
    );
  });
}
export const troubles = (trouble: NodeTrouble, id = "n1") => ({ troubles: new Map([[id, trouble]]) });
export const errorWindow = (failures: number) => ({ window: () => errors(failures) });
