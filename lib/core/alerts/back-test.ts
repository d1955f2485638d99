// A rule over the past: the same engine as now, led through moments that are made again from what is kept.

import { metricsIn, parseExpression } from "#lib/contracts/alert-expression.ts";
import { ALERT_METRICS, type MetricSubject } from "#lib/contracts/alert-metrics.ts";
import type { BackTestFiring } from "#lib/contracts/alert-rules-api.ts";
import type { AlertCondition, AlertRule, ConditionOf } from "#lib/contracts/config/alert-rule.ts";
import type { RollUp } from "../roll-up.ts";
import type { EffectiveRule } from "./defaults.ts";
import { evaluateAlerts, findingsOf, type Tracked } from "./engine.ts";
import type { WindowFigures } from "./figures.ts";
import { SpanIndex } from "./span-index.ts";
import type { Finding, NodeTrouble, World, WorldNode, WorldPool } from "./world.ts";

export interface Fleet {
  readonly nodes: ReadonlyMap<string, WorldNode>;
  readonly pools: ReadonlyMap<string, WorldPool>;
}
export interface Flip {
  readonly atMs: number;
  readonly nodeId: string;
  readonly workerId: string;
  readonly fact: string;
  readonly to: string;
  readonly reason: string;
}

/** An expression that speaks of a figure which is only known as it is: of that nothing is kept, and half a condition is another one. */
function isOfNow({ expression, clear, of }: ConditionOf<"expression">): boolean {
  return [expression, clear ?? ""].some((text) => {
    const parsed = parseExpression(text, of);
    return parsed.ok && metricsIn(parsed.condition).some(({ name }) => ALERT_METRICS[name].over === "now");
  });
}

/** What is kept of a condition's kind: measurements, flips of nodes, or nothing. */
export function historyOf(condition: AlertCondition): "spans" | "flips" | "none" {
  switch (condition.kind) {
    case "latency":
    case "error-rate":
    case "slo-burn":
    case "queue-backlog":
      return "spans";
    case "expression":
      return isOfNow(condition) ? "none" : "spans";
    case "health-check-failed":
    case "node-down":
    case "node-ejected":
    case "breaker-open":
    case "node-degraded":
    case "pool-healthy":
      return "flips";
    default:
      return "none";
  }
}

const asRule = (rule: AlertRule): EffectiveRule => ({
  ...rule,
  enabled: true,
  key: "back-test",
  isBuiltIn: false,
  isChanged: true,
});

const EMPTY = {
  troubles: new Map<string, NodeTrouble>(),
  unknownKinds: new Set<never>(),
  unknownNodes: new Set<string>(),
  workers: [],
  certificates: [],
  canaries: [],
  window: () => undefined,
} satisfies Partial<World>;

/** Leads a rule through worlds, one after the other, and keeps when it would have fired and ended. */
class Course {
  readonly firings: BackTestFiring[] = [];
  readonly #rule: EffectiveRule;
  #tracked = new Map<string, Tracked>();
  readonly #open = new Map<string, BackTestFiring>();

  constructor(rule: EffectiveRule) {
    this.#rule = rule;
  }

  at(world: World): void {
    for (const action of evaluateAlerts([this.#rule], world, this.#tracked)) {
      const { fingerprint } = action;
      const known = this.#tracked.get(fingerprint);
      switch (action.do) {
        case "pend":
          this.#tracked.set(fingerprint, { ...action, is: "pending" });
          break;
        case "fire": {
          const { subject } = action.finding;
          const sinceMs = action.firedMs;
          this.#tracked.set(fingerprint, {
            fingerprint,
            ruleKey: this.#rule.key,
            subject,
            is: "firing",
            sinceMs,
            clearSinceMs: null,
          });
          const firing = firingOf(action.finding, sinceMs);
          this.#open.set(fingerprint, firing);
          this.firings.push(firing);
          break;
        }
        case "clear":
          if (known?.is === "firing") this.#tracked.set(fingerprint, { ...known, clearSinceMs: action.sinceMs });
          break;
        case "resolve": {
          const firing = this.#open.get(fingerprint);
          if (firing) firing.resolvedMs = action.resolvedMs;
          this.#tracked.delete(fingerprint);
          break;
        }
        case "forget":
          this.#tracked.delete(fingerprint);
      }
    }
  }
}

const firingOf = ({ subject, reason, figures: { value, limit } }: Finding, firedMs: number): BackTestFiring => ({
  subjectKind: subject.kind,
  subjectId: subject.id,
  subjectName: subject.name,
  poolName: subject.poolName,
  firedMs,
  resolvedMs: null,
  reason,
  value: typeof value === "number" ? value : null,
  limit: typeof limit === "number" ? limit : null,
});

export type SpanRange = { fromMs: number; toMs: number; spanMs: number };
export type Points = Map<string, [number, number | null][]>;

/** Over measurements: a moment at the end of each span. @returns also the figure of each subject at each moment, if it has one */
export function backTestSpans(
  rule: AlertRule,
  fleet: Fleet,
  spans: ReadonlyMap<MetricSubject, readonly RollUp[]>,
  { fromMs, toMs, spanMs }: SpanRange,
): { firings: BackTestFiring[]; limits: Map<string, { metric: string; limit: number }>; points: Points } {
  const effective = asRule(rule);
  const course = new Course(effective);
  const index = new Map([...spans].map(([of, rows]) => [of, new SpanIndex(rows, spanMs)]));
  const limits = new Map<string, { metric: string; limit: number }>();
  const points: Points = new Map();
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += spanMs) {
    const window = (of: MetricSubject, id: string, windowMs: number): WindowFigures | null =>
      index.get(of)?.over(id, nowMs - Math.max(windowMs, spanMs), nowMs) ?? null;
    const world: World = { ...EMPTY, ...fleet, nowMs, window };
    course.at(world);
    for (const { subject, figures } of findingsOf(effective, world).values()) {
      if (typeof figures.value !== "number" || typeof figures.limit !== "number") continue;
      limits.set(subject.id, { metric: figures.metric ?? "", limit: figures.limit });
      const list = points.get(subject.id) ?? [];
      list.push([nowMs, figures.value]);
      points.set(subject.id, list);
    }
  }
  return { firings: course.firings, limits, points };
}

/** Over flips of nodes, each worker's for itself: a moment at each, and whenever a time of the rule is up after one. */
export function backTestFlips(
  rule: AlertRule,
  fleet: Fleet,
  flips: readonly Flip[],
  range: Pick<SpanRange, "fromMs" | "toMs">,
): BackTestFiring[] {
  const course = new Course(asRule(rule));
  const states = new Map<string, Map<string, Flip>>();
  const times = new Set<number>();
  for (const { atMs } of flips)
    for (const inMs of [0, rule.forMs, rule.clearForMs, rule.forMs + rule.clearForMs]) times.add(atMs + inMs);
  let next = 0;
  for (const nowMs of [...times].toSorted((a, b) => a - b)) {
    if (nowMs > range.toMs) break;
    for (let flip = flips[next]; flip && flip.atMs <= nowMs; flip = flips[++next]) {
      const facts = states.get(flip.nodeId) ?? new Map<string, Flip>();
      facts.set(`${flip.fact} ${flip.workerId}`, flip);
      states.set(flip.nodeId, facts);
    }
    const troubles = new Map([...states].map(([id, facts]) => [id, troubleOf([...facts.values()])]));
    course.at({ ...EMPTY, ...fleet, nowMs, troubles });
  }
  return course.firings.filter(({ firedMs }) => firedMs >= range.fromMs);
}

function troubleOf(facts: readonly Flip[]): NodeTrouble {
  const last = (fact: string, ...to: string[]) => facts.find((flip) => flip.fact === fact && to.includes(flip.to));
  const down = last("health", "unhealthy");
  const open = last("breaker", "open", "half-open");
  const degraded = facts.find(({ fact, to }) => fact === "degrade" && to !== "none" && to !== "step-0");
  return {
    health: {
      isDown: down !== undefined,
      isWell: down === undefined,
      // The flip is what is kept: it stands for as many failures as any rule asks for.
      consecutiveFailures: down ? Number.MAX_SAFE_INTEGER : 0,
      reason: down?.reason ?? "",
      level: null,
      detail: "",
      lastCheckMs: null,
    },
    ejectedFor: last("ejection", "ejected")?.reason ?? null,
    breaker: open
      ? { state: open.to as "open" | "half-open", cause: open.reason, requests: 0, failures: 0, slow: 0 }
      : null,
    degradedFor: degraded?.reason ?? null,
    connectMs: null,
  };
}
