// A rule over the past: the same engine as now, led through moments that are made again from what is kept.

import { metricsIn, parseExpression } from "#lib/contracts/alert-expression.ts";
import type { AlertMetric, MetricSubject } from "#lib/contracts/alert-metrics.ts";
import type { BackTestFiring } from "#lib/contracts/alert-rules-api.ts";
import type { AlertCondition, AlertRule } from "#lib/contracts/config/alert-rule.ts";
import type { RollUp } from "../roll-up.ts";
import type { EffectiveRule } from "./defaults.ts";
import { evaluateAlerts, findingsOf, type Tracked } from "./engine.ts";
import type { WindowFigures } from "./figures.ts";
import type { ResourceIndex } from "./resource-index.ts";
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

/** Figures of the present of which nothing is kept: half a condition would be another one. */
const UNKEPT: ReadonlySet<AlertMetric> = new Set(["connect_ms", "consecutive_failures"]);
/** Those that are known again from the flips of nodes, and from what nodes told of themselves. */
const FROM_FLIPS: ReadonlySet<AlertMetric> = new Set(["healthy_nodes", "healthy_ratio"]);
const FROM_RESOURCES: ReadonlySet<AlertMetric> = new Set(["cpu_ratio", "memory_ratio", "memory_bytes", "backlog"]);

/** Figures that an expression speaks of. */
function figuresIn(condition: AlertCondition): AlertMetric[] {
  if (condition.kind !== "expression") return [];
  return [condition.expression, condition.clear ?? ""].flatMap((text) => {
    const parsed = parseExpression(text, condition.of);
    return parsed.ok ? metricsIn(parsed.condition).map(({ name }) => name) : [];
  });
}
/** Whether a back-test over spans needs them, too. */
export const needsFlips = (condition: AlertCondition): boolean =>
  figuresIn(condition).some((name) => FROM_FLIPS.has(name));
export const needsResources = (condition: AlertCondition): boolean =>
  figuresIn(condition).some((name) => FROM_RESOURCES.has(name));

export type BackTestHistory =
  | "spans"
  | "flips"
  /** What was told of before is all that is known of workers and the database. */
  | "alerts"
  | "certificates"
  | "canaries"
  | "none";

/** What is kept of a condition's kind. */
export function historyOf(condition: AlertCondition): BackTestHistory {
  switch (condition.kind) {
    case "latency":
    case "error-rate":
    case "slo-burn":
    case "queue-backlog":
      return "spans";
    case "expression":
      return figuresIn(condition).some((name) => UNKEPT.has(name)) ? "none" : "spans";
    case "health-check-failed":
    case "node-down":
    case "node-ejected":
    case "breaker-open":
    case "node-degraded":
    case "pool-healthy":
      return "flips";
    case "worker-lost":
    case "stale-metrics":
    case "revision-refused":
    case "database-lost":
      return "alerts";
    case "certificate-expiry":
      return "certificates";
    case "canary-rolled-back":
      return "canaries";
    case "connect-time":
      return "none";
  }
}

export const asRule = (rule: AlertRule): EffectiveRule => ({
  ...rule,
  enabled: true,
  key: "back-test",
  isBuiltIn: false,
  isChanged: true,
});

export const EMPTY_WORLD = {
  troubles: new Map<string, NodeTrouble>(),
  unknownKinds: new Set<never>(),
  unknownNodes: new Set<string>(),
  workers: [],
  certificates: [],
  canaries: [],
  window: () => undefined,
} satisfies Partial<World>;

/** Leads a rule through worlds, one after the other, and keeps when it would have fired and ended. */
export class Course {
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

/** Over measurements: a moment at the end of each span; of resources one within it, too. @returns also the figure of each subject at each moment, if it has one */
export function backTestSpans(
  rule: AlertRule,
  fleet: Fleet,
  spans: ReadonlyMap<MetricSubject, readonly RollUp[]>,
  { fromMs, toMs, spanMs }: SpanRange,
  { flips = [], resources }: { flips?: readonly Flip[]; resources?: ResourceIndex | undefined } = {},
): { firings: BackTestFiring[]; limits: Map<string, { metric: string; limit: number }>; points: Points } {
  const effective = asRule(rule);
  const course = new Course(effective);
  const index = new Map([...spans].map(([of, rows]) => [of, new SpanIndex(rows, spanMs)]));
  const limits = new Map<string, { metric: string; limit: number }>();
  const points: Points = new Map();
  const states = new FlipStates(flips);
  const at = (nowMs: number, spansEndMs: number, told: World["resources"]): World => {
    const window = (of: MetricSubject, id: string, windowMs: number): WindowFigures | null =>
      index.get(of)?.over(id, spansEndMs - Math.max(windowMs, spanMs), spansEndMs) ?? null;
    const then = told && { resources: told };
    return { ...EMPTY_WORLD, ...fleet, ...then, nowMs, window, troubles: states.troublesAt(nowMs) };
  };
  const look = (world: World) => {
    course.at(world);
    for (const { subject, figures } of findingsOf(effective, world).values()) {
      if (typeof figures.value !== "number" || typeof figures.limit !== "number") continue;
      limits.set(subject.id, { metric: figures.metric ?? "", limit: figures.limit });
      const list = points.get(subject.id) ?? [];
      list.push([world.nowMs, figures.value]);
      points.set(subject.id, list);
    }
  };
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += spanMs) {
    // What nodes told within a span the rule read there: what was measured till then are the spans before it.
    if (resources) look(at(nowMs - spanMs / 2, nowMs - spanMs, resources.within(nowMs)));
    look(at(nowMs, nowMs, resources?.before(nowMs)));
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
  const states = new FlipStates(flips);
  const times = new Set<number>();
  for (const { atMs } of flips)
    for (const inMs of [0, rule.forMs, rule.clearForMs, rule.forMs + rule.clearForMs]) times.add(atMs + inMs);
  for (const nowMs of [...times].toSorted((a, b) => a - b)) {
    if (nowMs > range.toMs) break;
    course.at({ ...EMPTY_WORLD, ...fleet, nowMs, troubles: states.troublesAt(nowMs) });
  }
  return course.firings.filter(({ firedMs }) => firedMs >= range.fromMs);
}

/** What flips have made of the nodes, led on in time. */
class FlipStates {
  readonly #flips: readonly Flip[];
  readonly #states = new Map<string, Map<string, Flip>>();
  #troubles = new Map<string, NodeTrouble>();
  #next = 0;

  /** @param flips the oldest first */
  constructor(flips: readonly Flip[]) {
    this.#flips = flips;
  }

  /** @param nowMs not before the last one that was asked for */
  troublesAt(nowMs: number): ReadonlyMap<string, NodeTrouble> {
    const from = this.#next;
    for (let flip = this.#flips[this.#next]; flip && flip.atMs <= nowMs; flip = this.#flips[++this.#next]) {
      const facts = this.#states.get(flip.nodeId) ?? new Map<string, Flip>();
      facts.set(`${flip.fact} ${flip.workerId}`, flip);
      this.#states.set(flip.nodeId, facts);
    }
    if (this.#next > from)
      this.#troubles = new Map([...this.#states].map(([id, facts]) => [id, troubleOf([...facts.values()])]));
    return this.#troubles;
  }
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
